package org.byoemail.account.oauth;

import java.util.List;
import org.byoemail.account.registry.SealedColumn;
import org.byoemail.account.registry.SealedColumns;
import org.springframework.stereotype.Component;

/** The secrets of clients, and the tokens of grants. */
@Component
class OAuthSecretColumns implements SealedColumns {
  @Override
  public List<SealedColumn> columns() {
    return List.of(
        new SealedColumn(
            "oauth_client",
            "id",
            "secret",
            OAuthClients.FIELD,
            "UPDATE oauth_client SET secret = :fresh WHERE id = :owner AND secret = :sealed"),
        new SealedColumn(
            "oauth_grant",
            "account_id",
            "refresh_token",
            OAuthGrantRows.REFRESH,
            "UPDATE oauth_grant SET refresh_token = :fresh WHERE account_id = :owner AND refresh_token = :sealed"),
        new SealedColumn(
            "oauth_grant",
            "account_id",
            "access_token",
            OAuthGrantRows.ACCESS,
            "UPDATE oauth_grant SET access_token = :fresh WHERE account_id = :owner AND access_token = :sealed"));
  }
}
