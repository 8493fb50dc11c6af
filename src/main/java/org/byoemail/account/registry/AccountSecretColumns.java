package org.byoemail.account.registry;

import java.util.List;
import org.springframework.stereotype.Component;

/** The passwords of accounts. */
@Component
class AccountSecretColumns implements SealedColumns {
  @Override
  public List<SealedColumn> columns() {
    return List.of(
        new SealedColumn(
            "agent_email_account.smtp_secret",
            Protocol.SMTP.word(),
            """
            SELECT count(*) FILTER (WHERE substring(smtp_secret FOR 5) = :prefix) AS sealed, count(*) AS total
            FROM agent_email_account WHERE smtp_secret IS NOT NULL
            """,
            """
            SELECT id AS owner, smtp_secret AS sealed FROM agent_email_account
            WHERE substring(smtp_secret FOR 5) <> :prefix AND id > :after
            ORDER BY id LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED
            """,
            "UPDATE agent_email_account SET smtp_secret = :fresh WHERE id = :owner AND smtp_secret = :sealed"),
        new SealedColumn(
            "agent_email_account.imap_secret",
            Protocol.IMAP.word(),
            """
            SELECT count(*) FILTER (WHERE substring(imap_secret FOR 5) = :prefix) AS sealed, count(*) AS total
            FROM agent_email_account WHERE imap_secret IS NOT NULL
            """,
            """
            SELECT id AS owner, imap_secret AS sealed FROM agent_email_account
            WHERE substring(imap_secret FOR 5) <> :prefix AND id > :after
            ORDER BY id LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED
            """,
            "UPDATE agent_email_account SET imap_secret = :fresh WHERE id = :owner AND imap_secret = :sealed"));
  }
}
