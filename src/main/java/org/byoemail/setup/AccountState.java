package org.byoemail.setup;

import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.format.mail.AccountId;
import org.byoemail.inbound.mailbox.LeaseHolder;
import org.byoemail.inbound.mailbox.MailboxStatus;
import org.jspecify.annotations.Nullable;

/**
 * An account and how it fares.
 *
 * @param bounceAccount where the reports about its mail arrive; null: in its own mailbox
 * @param holder which node watches its mailbox; null where none does
 * @param watcher what this node does with its mailbox; null where it does not watch it
 */
public record AccountState(
    Account account,
    AccountHealth smtp,
    AccountHealth imap,
    @Nullable AccountId bounceAccount,
    @Nullable LeaseHolder holder,
    @Nullable MailboxStatus watcher) {

  /** In a word. */
  public AccountStatus status() {
    return AccountStatus.of(account, smtp, imap);
  }
}
