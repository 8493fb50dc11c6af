package org.byoemail.webhook;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.SealedSecret;
import org.byoemail.account.registry.Secrets;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.SqlTimestamps;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The sealed keys of webhooks: the current keys and, for a while after a rotation, the previous
 * ones. Safe for use by many threads and nodes.
 */
@Repository
public class WebhookSecrets {
  static final String HMAC = "webhook-hmac";
  static final String PRIVATE = "webhook-ed25519";

  private final JdbcClient jdbc;
  private final Secrets secrets;

  WebhookSecrets(JdbcClient jdbc, Secrets secrets) {
    this.jdbc = jdbc;
    this.secrets = secrets;
  }

  /**
   * New keys, which are shown once. {@code toString} shows no secret.
   *
   * @param secret {@code whsec_} and the HMAC key in Base64
   * @param publicKey {@code whpk_} and the Ed25519 key in Base64
   */
  public record NewSecret(String secret, String publicKey) {
    @Override
    public String toString() {
      return publicKey;
    }
  }

  /**
   * The public part of keys.
   *
   * @param expiresAt until when they sign in addition to the current ones; null for the current
   *     ones
   */
  public record Known(String publicKey, Instant createdAt, @Nullable Instant expiresAt) {}

  /**
   * Keys that have not expired.
   *
   * @param shownTo to whom their secret was shown, such as {@code key:<id>}; null: not known, since
   *     an earlier version made them
   */
  record CurrentKeys(SigningKeys keys, @Nullable String shownTo) {
    @Override
    public String toString() {
      return "CurrentKeys[shownTo=" + shownTo + "]";
    }
  }

  /**
   * Creates the first keys of a webhook.
   *
   * @param shownTo to whom the secret is shown, such as {@code key:<id>}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public NewSecret create(UUID webhook, String shownTo) {
    SigningKeys keys = SigningKeys.generate();
    UUID id = Ids.next();
    jdbc.sql(
            """
            INSERT INTO webhook_secret (id, webhook_id, hmac_key, private_key, public_key, created_at, shown_to)
            VALUES (:id, :webhook, :hmac, :private, :public, statement_timestamp(), :shownTo)
            """)
        .param("id", id)
        .param("webhook", webhook)
        .param("hmac", secrets.seal(id, HMAC, keys.hmacText()).bytes())
        .param("private", secrets.seal(id, PRIVATE, keys.privateText()).bytes())
        .param("public", keys.publicKey())
        .param("shownTo", shownTo)
        .update();
    return new NewSecret(keys.secret(), publicText(keys.publicKey()));
  }

  /**
   * Creates new keys; the previous ones also sign for a while. Older ones are deleted: at most two
   * sign at a time.
   *
   * @param overlap zero to end the previous keys at once
   * @param shownTo to whom the secret is shown, such as {@code key:<id>}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public NewSecret rotate(UUID webhook, Duration overlap, String shownTo) {
    jdbc.sql("SELECT id FROM webhook WHERE id = :webhook FOR NO KEY UPDATE")
        .param("webhook", webhook)
        .query(UUID.class)
        .single();
    jdbc.sql("DELETE FROM webhook_secret WHERE webhook_id = :webhook AND expires_at IS NOT NULL")
        .param("webhook", webhook)
        .update();
    jdbc.sql(
            """
            UPDATE webhook_secret SET expires_at = statement_timestamp() + make_interval(secs => :overlap)
            WHERE webhook_id = :webhook
            """)
        .param("webhook", webhook)
        .param("overlap", overlap.toSeconds())
        .update();
    return create(webhook, shownTo);
  }

  /** The keys that sign at present, the newest first. */
  public List<Known> known(UUID webhook) {
    return known(List.of(webhook)).getOrDefault(webhook, List.of());
  }

  /** The keys of several webhooks. */
  public Map<UUID, List<Known>> known(Collection<UUID> webhooks) {
    Map<UUID, List<Known>> known = new HashMap<>();
    jdbc.sql(
            """
            SELECT webhook_id, public_key, created_at, expires_at FROM webhook_secret
            WHERE webhook_id = ANY (:webhooks)
              AND (expires_at IS NULL OR expires_at > statement_timestamp())
            ORDER BY expires_at DESC NULLS FIRST
            """)
        .param("webhooks", webhooks.toArray(UUID[]::new))
        .query(
            row -> {
              known
                  .computeIfAbsent(
                      row.getObject("webhook_id", UUID.class), any -> new ArrayList<>())
                  .add(
                      new Known(
                          publicText(row.getBytes("public_key")),
                          row.getTimestamp("created_at").toInstant(),
                          SqlTimestamps.read(row, "expires_at")));
            });
    return known;
  }

  /**
   * The keys to sign with, the current ones first.
   *
   * @throws IllegalStateException if no key of the keyset opens them
   */
  List<SigningKeys> signing(UUID webhook) {
    return current(webhook).stream().map(CurrentKeys::keys).toList();
  }

  /**
   * The keys that have not expired, the newest first. The receiver may sign a decision with any.
   *
   * @throws IllegalStateException if no key of the keyset opens them
   */
  List<CurrentKeys> current(UUID webhook) {
    return jdbc.sql(
            """
            SELECT * FROM webhook_secret
            WHERE webhook_id = :webhook AND (expires_at IS NULL OR expires_at > statement_timestamp())
            ORDER BY expires_at DESC NULLS FIRST
            """)
        .param("webhook", webhook)
        .query((row, number) -> new CurrentKeys(open(row), row.getString("shown_to")))
        .list();
  }

  private SigningKeys open(ResultSet row) throws SQLException {
    UUID id = row.getObject("id", UUID.class);
    return SigningKeys.of(
        secrets.open(id, HMAC, new SealedSecret(row.getBytes("hmac_key"))),
        secrets.open(id, PRIVATE, new SealedSecret(row.getBytes("private_key"))),
        row.getBytes("public_key"));
  }

  private static String publicText(byte[] key) {
    return "whpk_" + Base64.getEncoder().encodeToString(key);
  }
}
