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
            "agent_email_account",
            "id",
            "smtp_secret",
            Protocol.SMTP.word(),
            "UPDATE agent_email_account SET smtp_secret = :fresh WHERE id = :owner AND smtp_secret = :sealed"),
        new SealedColumn(
            "agent_email_account",
            "id",
            "imap_secret",
            Protocol.IMAP.word(),
            "UPDATE agent_email_account SET imap_secret = :fresh WHERE id = :owner AND imap_secret = :sealed"));
  }
}
