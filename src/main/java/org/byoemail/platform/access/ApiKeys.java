package org.byoemail.platform.access;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The keys of the API, with a role or with permissions, kept as SHA-256: 256 random bits need no
 * slow hash. A key with permissions ends with the key that made it, and any key with the person who
 * made it. Every change publishes {@link ApiKeyChanged} inside its transaction. Thread-safe.
 */
@Repository
public class ApiKeys {
  private static final String PREFIX = "byo_";
  private static final int KEY_BYTES = 32;

  private static final String ROTATION =
      """
      SET key_sha256 = :sha256, previous_sha256 = key_sha256,
        previous_expires_at = LEAST(
          statement_timestamp() + make_interval(secs => :overlap), expires_at),
        expires_at = LEAST(COALESCE(:expiresAt::timestamptz, expires_at), %1$s)
      WHERE id = :id AND (:organization::text IS NULL OR organization = :organization)
        AND COALESCE(LEAST(COALESCE(:expiresAt::timestamptz, expires_at), %1$s), 'infinity')
          > statement_timestamp()
      """;
  private static final String ROTATE_ROLE_KEY =
      "UPDATE api_key " + ROTATION.formatted("NULL::timestamptz");

  /** It ends with the key that made it at the latest. */
  private static final String ROTATE_PERMISSION_KEY =
      "UPDATE permission_key AS k "
          + ROTATION.formatted(
              "(SELECT min(m.expires_at) FROM issued_key m WHERE m.id = k.role_key OR m.id ="
                  + " k.parent)");

  private static final String USED =
      """
      SET last_used_at = statement_timestamp()
      WHERE id = :id AND (
        last_used_at IS NULL OR last_used_at < statement_timestamp() - interval '1 hour')
      """;

  /** The keys that a key has made, that these have made, and so on. */
  private static final String LINE =
      """
      WITH RECURSIVE line AS (
        SELECT id FROM permission_key WHERE parent = :id OR role_key = :id
        UNION SELECT c.id FROM permission_key c JOIN line ON c.parent = line.id)
      """;

  /** Whether the key that made k, or the one at the root of its line, has expired. */
  private static final String MAKER_EXPIRED =
      """
      EXISTS (SELECT 1 FROM issued_key m
        WHERE (m.id = k.role_key OR m.id = k.parent) AND m.expires_at <= statement_timestamp())
      """;

  /** Whether the person who made k was disabled or deleted, by a node of an earlier version. */
  private static final String MAKER_GONE =
      """
      k.made_by_person IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM person p WHERE p.id = k.made_by_person AND p.disabled_at IS NULL)
      """;

  /** How long the maker of a deleted key is known: longer than any review lasts. */
  private static final String ENDED_KEPT = "400 days";

  private final JdbcClient jdbc;
  private final ApplicationEventPublisher publisher;

  ApiKeys(JdbcClient jdbc, ApplicationEventPublisher publisher) {
    this.publisher = publisher;
    this.jdbc = jdbc;
  }

  /**
   * Who makes a key.
   *
   * @param key the key that makes it; null: a person or the settings
   * @param person the person who makes it in the console; null: a key, or the settings
   */
  public record Maker(@Nullable UUID key, @Nullable UUID person) {
    /** The caller. */
    public static Maker of(Caller caller) {
      return new Maker(caller.key(), caller.person());
    }
  }

  /** Thrown if the maker of a key was deleted, disabled or given fewer rights meanwhile. */
  public static final class MakerChanged extends StateConflict {
    private static final long serialVersionUID = 1L;

    MakerChanged() {
      super("the rights of the key's maker have changed: nothing was created");
    }
  }

  /**
   * Makes a key.
   *
   * @param maker with whose person it ends
   * @param expiresAt when it ends; null: never
   * @param requestsPerMinute null: as the settings say
   */
  @Transactional
  public NewApiKey create(
      String name,
      Role role,
      @Nullable OrganizationId organization,
      Maker maker,
      @Nullable Instant expiresAt,
      @Nullable Integer requestsPerMinute) {
    UUID person = lockPerson(maker, Permission.of(role), organization);
    String secret = newSecret();
    ApiKey key =
        jdbc.sql(
                """
                INSERT INTO api_key (id, name, role, organization, key_sha256, created_at, expires_at,
                  requests_per_minute, made_by_key, made_by_person)
                VALUES (:id, :name, :role, :organization, :sha256, statement_timestamp(), :expiresAt, :requests,
                  :maker, :person)
                RETURNING *, NULL::uuid[] AS agents
                """)
            .param("maker", maker.key())
            .param("person", person)
            .param("id", Ids.next())
            .param("name", name)
            .param("role", role.word())
            .param("organization", OrganizationId.valueOrNull(organization))
            .param("sha256", Tokens.sha256(secret))
            .param("expiresAt", SqlTimestamps.parameter(expiresAt))
            .param("requests", requestsPerMinute)
            .query(ApiKeys::read)
            .single();
    publisher.publishEvent(new ApiKeyChanged(ApiKeyChanged.Change.CREATED, key));
    return new NewApiKey(key, secret);
  }

  /**
   * Makes a key with permissions.
   *
   * @param binding the agents and accounts that it is bound to; null: it is not bound
   * @param maker with whose key or person it ends
   * @param expiresAt when it ends, at the latest with its maker; null: with its maker
   * @param requestsPerMinute null: as the settings say
   */
  @Transactional
  public NewApiKey create(
      String name,
      Set<Permission> permissions,
      @Nullable Scope binding,
      @Nullable OrganizationId organization,
      Maker maker,
      @Nullable Instant expiresAt,
      @Nullable Integer requestsPerMinute) {
    UUID person = lockPerson(maker, permissions, organization);
    String secret = newSecret();
    UUID id = Ids.next();
    if (maker.key() != null) {
      lockLine(maker.key());
    }
    jdbc.sql(
            """
            INSERT INTO permission_key (id, name, permissions, bound_permissions, agents, accounts,
              organization, role_key, parent, key_sha256, created_at, expires_at, requests_per_minute, made_by_person)
            SELECT :id, :name, CASE WHEN :agents::uuid[] IS NULL THEN :permissions::text[] ELSE '{bound}'::text[] END,
              CASE WHEN :agents::uuid[] IS NULL THEN NULL ELSE :permissions::text[] END,
              :agents::uuid[], :accounts::uuid[], :organization, coalesce(m.role_key, r.id), m.id,
              :sha256, statement_timestamp(), LEAST(:expiresAt::timestamptz, m.expires_at, r.expires_at),
              :requests::integer, :person::uuid
            FROM (VALUES (1)) AS one (row)
              LEFT JOIN permission_key m ON m.id = :maker::uuid
              LEFT JOIN api_key r ON r.id = :maker::uuid
            WHERE :maker::uuid IS NULL OR m.id IS NOT NULL OR r.id IS NOT NULL
            """)
        .param("id", id)
        .param("name", name)
        .param("permissions", Permission.words(permissions).toArray(String[]::new))
        .param("agents", Scope.agents(binding))
        .param("accounts", Scope.accounts(binding))
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("maker", maker.key())
        .param("person", person)
        .param("sha256", Tokens.sha256(secret))
        .param("expiresAt", SqlTimestamps.parameter(expiresAt))
        .param("requests", requestsPerMinute)
        .update();
    ApiKey key = find(organization, id).orElseThrow(MakerChanged::new);
    publisher.publishEvent(new ApiKeyChanged(ApiKeyChanged.Change.CREATED, key));
    return new NewApiKey(key, secret);
  }

  /**
   * Locks the person with whom a key ends: a change of the person's rights either comes before, and
   * is seen here, or after, and sees the key. To be called before rows of keys are locked, in the
   * order of such a change.
   */
  private @Nullable UUID lockPerson(
      Maker maker, Set<Permission> permissions, @Nullable OrganizationId organization) {
    UUID id = maker.person();
    if (maker.key() != null) {
      id =
          jdbc.sql("SELECT made_by_person FROM issued_key WHERE id = :id")
              .param("id", maker.key())
              .query((row, number) -> Optional.ofNullable(row.getObject(1, UUID.class)))
              .optional()
              .orElseThrow(MakerChanged::new)
              .orElse(null);
    }
    if (id == null) {
      return null;
    }
    Person person =
        jdbc.sql("SELECT * FROM person WHERE id = :id AND disabled_at IS NULL FOR SHARE")
            .param("id", id)
            .query(People::read)
            .optional()
            .orElseThrow(MakerChanged::new);
    if (!person.covers(permissions, organization)) {
      throw new MakerChanged();
    }
    return id;
  }

  /**
   * Ends the keys that a person made, in the transaction that changes the person: all of them if
   * the person can no longer log in, or those that may do more than the person.
   */
  @EventListener
  @Transactional(propagation = Propagation.MANDATORY)
  public void changed(PersonChanged event) {
    String reason =
        switch (event.change()) {
          case DISABLED -> "the person who made it is disabled";
          // An older node disables people without ending their keys, which must not be revived.
          case ENABLED -> "the person who made it was disabled";
          case DELETED -> "the person who made it is deleted";
          case CHANGED -> "it could do more than the person who made it";
          default -> null;
        };
    if (reason == null) {
      return;
    }
    boolean all = event.change() != PersonChanged.Change.CHANGED;
    jdbc
        .sql("SELECT * FROM issued_key WHERE made_by_person = :person ORDER BY id")
        .param("person", event.person().id())
        .query(ApiKeys::read)
        .list()
        .stream()
        .filter(key -> all || !event.person().covers(key.permissions(), key.organization()))
        .forEach(key -> end(null, key.id(), reason));
  }

  /** How many keys end with a person. */
  public int countOf(UUID person) {
    return jdbc.sql("SELECT count(*) FROM issued_key WHERE made_by_person = :person")
        .param("person", person)
        .query(Integer.class)
        .single();
  }

  /**
   * Waits for rotations of the maker and of those above it, and has later ones wait until they see
   * the new key: it must not miss a shorter expiry. From the top down, as rotations lock.
   */
  private void lockLine(UUID maker) {
    jdbc.sql(
            """
            SELECT id FROM api_key WHERE id = :maker
              OR id = (SELECT role_key FROM permission_key WHERE id = :maker) FOR SHARE
            """)
        .param("maker", maker)
        .query(UUID.class)
        .list();
    jdbc.sql(
            """
            WITH RECURSIVE above AS (
              SELECT id, parent FROM permission_key WHERE id = :maker
              UNION SELECT p.id, p.parent FROM permission_key p JOIN above a ON p.id = a.parent)
            SELECT id FROM permission_key WHERE id IN (SELECT id FROM above) ORDER BY id FOR SHARE
            """)
        .param("maker", maker)
        .query(UUID.class)
        .list();
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
      @Nullable OrganizationId organization,
      UUID id,
      Duration overlap,
      @Nullable Instant expiresAt) {
    String secret = newSecret();
    int rotated = rotate(ROTATE_ROLE_KEY, organization, id, overlap, expiresAt, secret);
    if (rotated == 0) {
      rotated = rotate(ROTATE_PERMISSION_KEY, organization, id, overlap, expiresAt, secret);
    }
    if (rotated == 0) {
      return Optional.empty();
    }
    if (expiresAt != null) {
      endWith(id);
    }
    ApiKey key = find(organization, id).orElseThrow();
    publisher.publishEvent(new ApiKeyChanged(ApiKeyChanged.Change.ROTATED, key));
    return Optional.of(new NewApiKey(key, secret));
  }

  private int rotate(
      String statement,
      @Nullable OrganizationId organization,
      UUID id,
      Duration overlap,
      @Nullable Instant expiresAt,
      String secret) {
    return jdbc.sql(statement)
        .param("id", id)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("sha256", Tokens.sha256(secret))
        .param("overlap", overlap.toSeconds())
        .param("expiresAt", SqlTimestamps.parameter(expiresAt))
        .update();
  }

  /** Keys that this key has created, directly or not, expire with it at the latest. */
  private void endWith(UUID id) {
    jdbc.sql(
            LINE
                + """
                UPDATE permission_key k
                SET expires_at = LEAST(k.expires_at, top.expires_at),
                  previous_expires_at = CASE WHEN k.previous_sha256 IS NULL THEN NULL
                    ELSE LEAST(k.previous_expires_at, top.expires_at) END
                FROM issued_key top WHERE top.id = :id AND k.id IN (SELECT id FROM line)
                """)
        .param("id", id)
        .update();
  }

  private static String newSecret() {
    return PREFIX + Tokens.base64Url(KEY_BYTES);
  }

  /**
   * Keys in the order they were made in.
   *
   * @param organization null for all organisations
   * @param maker the key that made them; null for any
   * @param after the id to start after, null for the start
   */
  public List<ApiKey> list(
      @Nullable OrganizationId organization,
      @Nullable UUID maker,
      @Nullable UUID after,
      int limit) {
    return jdbc.sql(
            """
            SELECT * FROM issued_key WHERE (:organization::text IS NULL OR organization = :organization)
              AND (:maker::uuid IS NULL OR parent = :maker)
              AND (:after::uuid IS NULL OR id > :after) ORDER BY id LIMIT :limit
            """)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("maker", maker)
        .param("after", after)
        .param("limit", limit)
        .query(ApiKeys::read)
        .list();
  }

  /**
   * Deletes a key, and those with permissions that it has made; they are invalid at once.
   *
   * @param organization the only one to look in; null for all
   * @return false if there is no such key
   */
  @Transactional
  public boolean delete(@Nullable OrganizationId organization, UUID id) {
    return end(organization, id, null);
  }

  private boolean end(@Nullable OrganizationId organization, UUID id, @Nullable String reason) {
    Optional<ApiKey> top = find(organization, id);
    if (top.isEmpty()) {
      return false;
    }
    List<ApiKey> ended =
        new ArrayList<>(
            jdbc.sql(LINE + "SELECT * FROM issued_key WHERE id IN (SELECT id FROM line)")
                .param("id", id)
                .query(ApiKeys::read)
                .list());
    ended.add(top.get());
    recordEnd(id);
    // The keys that it made are deleted with it, by the foreign keys.
    int deleted =
        jdbc.sql("DELETE FROM permission_key WHERE id = :id").param("id", id).update()
            + jdbc.sql("DELETE FROM api_key WHERE id = :id").param("id", id).update();
    if (deleted > 0) {
      ended.forEach(
          key ->
              publisher.publishEvent(new ApiKeyChanged(ApiKeyChanged.Change.DELETED, key, reason)));
    }
    return deleted > 0;
  }

  private void recordEnd(UUID id) {
    jdbc.sql(
            LINE
                + """
                INSERT INTO ended_key (id, role_key, parent, made_by_key, made_by_person, ended_at)
                SELECT id, role_key, parent, made_by_key, made_by_person, statement_timestamp() FROM issued_key
                WHERE id = :id OR id IN (SELECT id FROM line)
                ON CONFLICT DO NOTHING
                """)
        .param("id", id)
        .update();
    jdbc.sql(
            "DELETE FROM ended_key WHERE ended_at < statement_timestamp() - CAST(:kept AS interval)")
        .param("kept", ENDED_KEPT)
        .update();
  }

  /** The key of that id; empty if absent. */
  public Optional<ApiKey> find(@Nullable OrganizationId organization, UUID id) {
    return jdbc.sql(
            """
            SELECT * FROM issued_key
            WHERE id = :id AND (:organization::text IS NULL OR organization = :organization)
            """)
        .param("id", id)
        .param("organization", OrganizationId.valueOrNull(organization))
        .query(ApiKeys::read)
        .optional();
  }

  /** Whether a key was made by that key with permissions. */
  public boolean isMadeBy(UUID id, UUID maker) {
    return jdbc.sql(
            "SELECT EXISTS (SELECT 1 FROM permission_key WHERE id = :id AND parent = :maker)")
        .param("id", id)
        .param("maker", maker)
        .query(Boolean.class)
        .single();
  }

  /** The ids whose keys exist and have not expired. */
  public Set<UUID> valid(Collection<UUID> ids) {
    return new HashSet<>(
        jdbc.sql(
                """
                SELECT id FROM issued_key k
                WHERE id = ANY (:ids) AND (expires_at IS NULL OR expires_at > statement_timestamp())
                  AND NOT (%s) AND NOT (%s)
                """
                    .formatted(MAKER_EXPIRED, MAKER_GONE))
            .param("ids", ids.toArray(UUID[]::new))
            .query(UUID.class)
            .list());
  }

  /**
   * A key as presented by a caller.
   *
   * @param expired whether it was valid once
   * @param useIsStale whether its last use must be recorded again
   * @param scope what it is bound to, with the present accounts of its agents; null: it is not
   *     bound
   */
  record PresentedKey(ApiKey key, boolean expired, boolean useIsStale, @Nullable Scope scope) {}

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
              expires_at <= statement_timestamp() OR %s OR %s
                OR key_sha256 <> :sha256 AND previous_expires_at <= statement_timestamp() AS expired,
              last_used_at IS NULL OR last_used_at < statement_timestamp() - interval '1 hour' AS stale,
              CASE WHEN k.agents IS NOT NULL THEN accounts
                || ARRAY(SELECT a.id FROM agent_email_account a WHERE a.agent_id = ANY (k.agents)) END AS bound_accounts
            FROM issued_key k WHERE key_sha256 = :sha256 OR previous_sha256 = :sha256
            """
                .formatted(MAKER_EXPIRED, MAKER_GONE))
        .param("sha256", Tokens.sha256(secret))
        .query(
            (row, number) ->
                new PresentedKey(
                    read(row, number),
                    row.getBoolean("expired"),
                    row.getBoolean("stale"),
                    scope(row, "bound_accounts")))
        .optional();
  }

  /** Records the use of a key, at most once an hour. */
  void noteUse(UUID id) {
    int noted = jdbc.sql("UPDATE api_key " + USED).param("id", id).update();
    if (noted == 0) {
      jdbc.sql("UPDATE permission_key " + USED).param("id", id).update();
    }
  }

  /** The hashes of all valid secrets, the keys used last first. */
  List<byte[]> hashes(int limit) {
    return jdbc.sql(
            """
            SELECT hash FROM (
              SELECT unnest(ARRAY[key_sha256, previous_sha256]) AS hash FROM issued_key
              ORDER BY COALESCE(last_used_at, created_at) DESC LIMIT :limit) AS newest
            WHERE hash IS NOT NULL
            """)
        .param("limit", limit)
        .query((row, number) -> row.getBytes(1))
        .list();
  }

  private static ApiKey read(ResultSet row, int number) throws SQLException {
    String word = row.getString("role");
    Role role = word == null ? null : Role.of(word);
    Scope binding = scope(row, "accounts");
    String words = binding == null ? "permissions" : "bound_permissions";
    Set<Permission> permissions =
        role == null
            ? Permission.read(List.of((String[]) row.getArray(words).getArray()))
            : Permission.of(role);
    return new ApiKey(
        row.getObject("id", UUID.class),
        row.getString("name"),
        role,
        permissions,
        binding,
        OrganizationId.ofNullable(row.getString("organization")),
        row.getTimestamp("created_at").toInstant(),
        SqlTimestamps.read(row, "last_used_at"),
        SqlTimestamps.read(row, "expires_at"),
        SqlTimestamps.read(row, "previous_expires_at"),
        row.getObject("requests_per_minute", Integer.class),
        row.getObject("made_by_person", UUID.class));
  }

  private static @Nullable Scope scope(ResultSet row, String accounts) throws SQLException {
    Array agents = row.getArray("agents");
    return agents == null
        ? null
        : new Scope(
            new HashSet<>(List.of((UUID[]) agents.getArray())),
            new HashSet<>(List.of((UUID[]) row.getArray(accounts).getArray())));
  }
}
