package org.byoemail.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.mail.Ids;
import org.byoemail.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The keys of the API, kept as SHA-256: 256 random bits need no slow hash. Safe for use by many
 * threads.
 */
@Repository
public class ApiKeys {
  private static final String PREFIX = "byo_";
  private static final int KEY_BYTES = 32;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  ApiKeys(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Makes a key. */
  public NewApiKey create(String name, Role role, @Nullable String organization) {
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    String secret = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    ApiKey key = new ApiKey(Ids.next(), name, role, organization, Times.now(clock));
    jdbc.sql(
            """
            INSERT INTO api_key (id, name, role, organization, key_sha256, created_at)
            VALUES (:id, :name, :role, :organization, :sha256, :createdAt)
            """)
        .param("id", key.id())
        .param("name", name)
        .param("role", role.word())
        .param("organization", organization)
        .param("sha256", sha256(secret))
        .param("createdAt", Times.parameter(key.createdAt()))
        .update();
    return new NewApiKey(key, secret);
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
   * Deletes a key, which opens nothing from then on.
   *
   * @param organization the only one to look in; null for all
   * @return false where there is none
   */
  public boolean delete(@Nullable String organization, UUID id) {
    return jdbc.sql(
                """
                DELETE FROM api_key WHERE id = :id
                  AND (:organization::text IS NULL OR organization = :organization)
                """)
            .param("id", id)
            .param("organization", organization)
            .update()
        == 1;
  }

  /** Whose key it is; the database compares hashes, whose order tells nothing about the key. */
  Optional<ApiKey> find(String secret) {
    return jdbc.sql("SELECT * FROM api_key WHERE key_sha256 = :sha256")
        .param("sha256", sha256(secret))
        .query(ApiKeys::read)
        .optional();
  }

  static byte[] sha256(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static ApiKey read(ResultSet row, int number) throws SQLException {
    return new ApiKey(
        row.getObject("id", UUID.class),
        row.getString("name"),
        Role.of(row.getString("role")),
        row.getString("organization"),
        row.getTimestamp("created_at").toInstant());
  }
}
