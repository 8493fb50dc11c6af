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
            "webhook_secret",
            "id",
            "hmac_key",
            WebhookSecrets.HMAC,
            "UPDATE webhook_secret SET hmac_key = :fresh WHERE id = :owner AND hmac_key = :sealed"),
        new SealedColumn(
            "webhook_secret",
            "id",
            "private_key",
            WebhookSecrets.PRIVATE,
            "UPDATE webhook_secret SET private_key = :fresh WHERE id = :owner AND private_key = :sealed"));
  }
}
