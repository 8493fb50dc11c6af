package org.byoemail.platform.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.Times;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The keys of the API, kept as SHA-256: 256 random bits need no slow hash. Every change publishes
 * {@link ApiKeyChanged} inside its transaction. Thread-safe.
 */
@Repository
public class ApiKeys {
  private static final String PREFIX = "byo_";
  private static final int KEY_BYTES = 32;

  private final JdbcClient jdbc;
  private final ApplicationEventPublisher publisher;

  ApiKeys(JdbcClient jdbc, ApplicationEventPublisher publisher) {
    this.publisher = publisher;
    this.jdbc = jdbc;
  }

  /**
   * Makes a key.
   *
   * @param expiresAt when it ends; null: never
   */
  @Transactional
  public NewApiKey create(
      String name, Role role, @Nullable String organization, @Nullable Instant expiresAt) {
    String secret = newSecret();
    ApiKey key =
        jdbc.sql(
                """
                INSERT INTO api_key (id, name, role, organization, key_sha256, created_at, expires_at)
                VALUES (:id, :name, :role, :organization, :sha256, statement_timestamp(), :expiresAt)
                RETURNING *
                """)
            .param("id", Ids.next())
            .param("name", name)
            .param("role", role.word())
            .param("organization", organization)
            .param("sha256", Tokens.sha256(secret))
            .param("expiresAt", Times.parameter(expiresAt))
            .query(ApiKeys::read)
            .single();
    publisher.publishEvent(new ApiKeyChanged(ApiKeyChanged.Change.CREATED, key));
    return new NewApiKey(key, secret);
  }

  /**
   * Rotates the secret of a key. The present secret stays valid for a while, so that its user can
   * change over; the one before it expires at once.
   *
   * @param organization the only one to look in; null for all
   * @param overlap how long the present secret stays valid; never longer than the key was
   * @param expiresAt the new expiry of the key; null: unchanged
   * @return empty if there is no such key, or if it has expired and gets no later expiry
   */
  @Transactional
  public Optional<NewApiKey> rotate(
      @Nullable String organization, UUID id, Duration overlap, @Nullable Instant expiresAt) {
    String secret = newSecret();
    Optional<ApiKey> rotated =
        jdbc.sql(
                """
            UPDATE api_key SET key_sha256 = :sha256, previous_sha256 = key_sha256,
              previous_expires_at = LEAST(
                statement_timestamp() + make_interval(secs => :overlap), expires_at),
              expires_at = COALESCE(:expiresAt::timestamptz, expires_at)
            WHERE id = :id AND (:organization::text IS NULL OR organization = :organization)
              AND COALESCE(:expiresAt::timestamptz, expires_at, 'infinity') > statement_timestamp()
            RETURNING *
            """)
            .param("id", id)
            .param("organization", organization)
            .param("sha256", Tokens.sha256(secret))
            .param("overlap", overlap.toSeconds())
            .param("expiresAt", Times.parameter(expiresAt))
            .query(ApiKeys::read)
            .optional();
    rotated.ifPresent(
        key -> publisher.publishEvent(new ApiKeyChanged(ApiKeyChanged.Change.ROTATED, key)));
    return rotated.map(key -> new NewApiKey(key, secret));
  }

  private static String newSecret() {
    return PREFIX + Tokens.base64Url(KEY_BYTES);
  }

  /**
   * Keys in the order they were made in.
   *
   * @param organization null for all organisations
   * @param after the id to start behind, null for the start
   */
  public List<ApiKey> list(@Nullable String organization, @Nullable UUID after, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM api_key WHERE (:organization::text IS NULL OR organization = :organization)
              AND (:after::uuid IS NULL OR id > :after) ORDER BY id LIMIT :limit
            """)
        .param("organization", organization)
        .param("after", after)
        .param("limit", limit)
        .query(ApiKeys::read)
        .list();
  }

  /**
   * Deletes a key; it is invalid at once.
   *
   * @param organization the only one to look in; null for all
   * @return false if there is no such key
   */
  @Transactional
  public boolean delete(@Nullable String organization, UUID id) {
    Optional<ApiKey> deleted =
        jdbc.sql(
                """
                DELETE FROM api_key WHERE id = :id
                  AND (:organization::text IS NULL OR organization = :organization)
                RETURNING *
                """)
            .param("id", id)
            .param("organization", organization)
            .query(ApiKeys::read)
            .optional();
    deleted.ifPresent(
        key -> publisher.publishEvent(new ApiKeyChanged(ApiKeyChanged.Change.DELETED, key)));
    return deleted.isPresent();
  }

  /** The key of that id; empty if absent. */
  public Optional<ApiKey> find(@Nullable String organization, UUID id) {
    return jdbc.sql(
            """
            SELECT * FROM api_key
            WHERE id = :id AND (:organization::text IS NULL OR organization = :organization)
            """)
        .param("id", id)
        .param("organization", organization)
        .query(ApiKeys::read)
        .optional();
  }

  /** The ids whose keys exist and have not expired. */
  public Set<UUID> valid(Collection<UUID> ids) {
    return new HashSet<>(
        jdbc.sql(
                """
                SELECT id FROM api_key
                WHERE id = ANY (:ids) AND (expires_at IS NULL OR expires_at > statement_timestamp())
                """)
            .param("ids", ids.toArray(UUID[]::new))
            .query(UUID.class)
            .list());
  }

  /**
   * A key as presented by a caller.
   *
   * @param expired whether it was valid once
   * @param useIsStale whether its last use must be recorded again
   */
  record PresentedKey(ApiKey key, boolean expired, boolean useIsStale) {}

  /**
   * The key with that secret; the database compares hashes, so timing reveals nothing of the
   * secret.
   */
  Optional<PresentedKey> find(String secret) {
    if (!secret.startsWith(PREFIX)) {
      return Optional.empty(); // None that was made.
    }
    return jdbc.sql(
            """
            SELECT *,
              expires_at <= statement_timestamp()
                OR key_sha256 <> :sha256 AND previous_expires_at <= statement_timestamp() AS expired,
              last_used_at IS NULL OR last_used_at < statement_timestamp() - interval '1 hour' AS stale
            FROM api_key WHERE key_sha256 = :sha256 OR previous_sha256 = :sha256
            """)
        .param("sha256", Tokens.sha256(secret))
        .query(
            (row, number) ->
                new PresentedKey(
                    read(row, number), row.getBoolean("expired"), row.getBoolean("stale")))
        .optional();
  }

  /** Records the use of a key, at most once an hour. */
  void noteUse(UUID id) {
    jdbc.sql(
            """
            UPDATE api_key SET last_used_at = statement_timestamp()
            WHERE id = :id AND (
              last_used_at IS NULL OR last_used_at < statement_timestamp() - interval '1 hour')
            """)
        .param("id", id)
        .update();
  }

  /** The hashes of all valid secrets, the keys used last first. */
  List<byte[]> hashes(int limit) {
    return jdbc.sql(
            """
            SELECT hash FROM (
              SELECT unnest(ARRAY[key_sha256, previous_sha256]) AS hash FROM api_key
              ORDER BY COALESCE(last_used_at, created_at) DESC LIMIT :limit) AS newest
            WHERE hash IS NOT NULL
            """)
        .param("limit", limit)
        .query((row, number) -> row.getBytes(1))
        .list();
  }

  private static ApiKey read(ResultSet row, int number) throws SQLException {
    return new ApiKey(
        row.getObject("id", UUID.class),
        row.getString("name"),
        Role.of(row.getString("role")),
        row.getString("organization"),
        row.getTimestamp("created_at").toInstant(),
        Times.read(row, "last_used_at"),
        Times.read(row, "expires_at"),
        Times.read(row, "previous_expires_at"));
  }
}
