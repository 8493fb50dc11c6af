package org.byoemail.setup;

import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.format.mail.AccountId;
import org.byoemail.inbound.mailbox.LeaseHolder;
import org.byoemail.inbound.mailbox.MailboxStatus;
import org.jspecify.annotations.Nullable;

/**
 * An account with its health and watcher.
 *
 * @param bounceAccount the account in whose mailbox reports about its mail arrive; null: its own
 * @param holder the node that watches its mailbox; null if none does
 * @param watcher the state of the watcher on this node; null unless this node watches the mailbox
 */
public record AccountState(
    Account account,
    AccountHealth smtp,
    AccountHealth imap,
    @Nullable AccountId bounceAccount,
    @Nullable LeaseHolder holder,
    @Nullable MailboxStatus watcher) {

  /** The summary of the state. */
  public AccountStatus status() {
    return AccountStatus.of(account, smtp, imap);
  }
}
