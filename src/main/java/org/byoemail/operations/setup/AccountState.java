package org.byoemail.operations.setup;

import java.util.List;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.account.registry.AccountStatus;
import org.byoemail.account.rollout.AccountRollout;
import org.byoemail.format.mail.AccountId;
import org.byoemail.inbound.mailbox.LeaseHolder;
import org.byoemail.inbound.mailbox.MailboxStatus;
import org.byoemail.inbound.mailbox.WatchedFolder;
import org.jspecify.annotations.Nullable;

/**
 * An account with its health and watcher.
 *
 * @param bounceAccount the account in whose mailbox reports about its mail arrive; null: its own
 * @param grant by which it obtains access tokens; null: it does not sign in by OAuth 2.0
 * @param rollout for what it is used; null: not evaluated yet, so not used
 * @param folders those that it watches, the first one first
 */
public record AccountState(
    Account account,
    AccountHealth smtp,
    AccountHealth imap,
    @Nullable AccountId bounceAccount,
    @Nullable OAuthGrant grant,
    @Nullable AccountRollout rollout,
    List<Folder> folders) {

  /**
   * A folder that it watches.
   *
   * @param watcher the state of the watcher on this node; null unless this node watches it
   */
  public record Folder(WatchedFolder watched, @Nullable MailboxStatus watcher) {
    /** The node that watches it; null if none does. */
    public @Nullable LeaseHolder holder() {
      return watched.holder();
    }
  }

  /** The summary of the state. */
  public AccountStatus status() {
    return account.life().status(smtp, imap);
  }
}
