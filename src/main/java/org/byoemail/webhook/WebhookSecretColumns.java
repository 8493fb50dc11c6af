package org.byoemail.webhook;

import java.util.List;
import org.byoemail.account.registry.SealedColumn;
import org.byoemail.account.registry.SealedColumns;
import org.springframework.stereotype.Component;

/** The keys that sign deliveries. */
@Component
class WebhookSecretColumns implements SealedColumns {
  @Override
  public List<SealedColumn> columns() {
    return List.of(
        new SealedColumn(
            "webhook_secret.hmac_key",
            WebhookSecrets.HMAC,
            """
            SELECT count(*) FILTER (WHERE substring(hmac_key FOR 5) = :prefix) AS sealed, count(*) AS total
            FROM webhook_secret
            """,
            """
            SELECT id AS owner, hmac_key AS sealed FROM webhook_secret
            WHERE substring(hmac_key FOR 5) <> :prefix AND id > :after
            ORDER BY id LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED
            """,
            "UPDATE webhook_secret SET hmac_key = :fresh WHERE id = :owner AND hmac_key = :sealed"),
        new SealedColumn(
            "webhook_secret.private_key",
            WebhookSecrets.PRIVATE,
            """
            SELECT count(*) FILTER (WHERE substring(private_key FOR 5) = :prefix) AS sealed, count(*) AS total
            FROM webhook_secret
            """,
            """
            SELECT id AS owner, private_key AS sealed FROM webhook_secret
            WHERE substring(private_key FOR 5) <> :prefix AND id > :after
            ORDER BY id LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED
            """,
            "UPDATE webhook_secret SET private_key = :fresh WHERE id = :owner AND private_key = :sealed"));
  }
}
