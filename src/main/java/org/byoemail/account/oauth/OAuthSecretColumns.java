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
            "oauth_client.secret",
            OAuthClients.FIELD,
            """
            SELECT count(*) FILTER (WHERE substring(secret FOR 5) = :prefix) AS sealed, count(*) AS total
            FROM oauth_client WHERE secret IS NOT NULL
            """,
            """
            SELECT id AS owner, secret AS sealed FROM oauth_client
            WHERE substring(secret FOR 5) <> :prefix AND id > :after
            ORDER BY id LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED
            """,
            "UPDATE oauth_client SET secret = :fresh WHERE id = :owner AND secret = :sealed"),
        new SealedColumn(
            "oauth_grant.refresh_token",
            OAuthGrantRows.REFRESH,
            """
            SELECT count(*) FILTER (WHERE substring(refresh_token FOR 5) = :prefix) AS sealed, count(*) AS total
            FROM oauth_grant WHERE refresh_token IS NOT NULL
            """,
            """
            SELECT account_id AS owner, refresh_token AS sealed FROM oauth_grant
            WHERE substring(refresh_token FOR 5) <> :prefix AND account_id > :after
            ORDER BY account_id LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED
            """,
            "UPDATE oauth_grant SET refresh_token = :fresh WHERE account_id = :owner AND refresh_token = :sealed"),
        new SealedColumn(
            "oauth_grant.access_token",
            OAuthGrantRows.ACCESS,
            """
            SELECT count(*) FILTER (WHERE substring(access_token FOR 5) = :prefix) AS sealed, count(*) AS total
            FROM oauth_grant WHERE access_token IS NOT NULL
            """,
            """
            SELECT account_id AS owner, access_token AS sealed FROM oauth_grant
            WHERE substring(access_token FOR 5) <> :prefix AND account_id > :after
            ORDER BY account_id LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED
            """,
            "UPDATE oauth_grant SET access_token = :fresh WHERE account_id = :owner AND access_token = :sealed"));
  }
}
