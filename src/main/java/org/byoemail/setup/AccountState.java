package org.byoemail.setup;

import org.byoemail.account.Account;
import org.byoemail.account.AccountHealth;
import org.byoemail.mail.AccountId;
import org.byoemail.mailbox.Holder;
import org.byoemail.mailbox.MailboxStatus;
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
    @Nullable Holder holder,
    @Nullable MailboxStatus watcher) {

  /** In a word. */
  public AccountStatus status() {
    return AccountStatus.of(account, smtp, imap);
  }
}
