package org.byoemail.inbound.mailbox;

import org.byoemail.account.registry.AccountChanged;
import org.byoemail.account.rollout.RolloutChanged;
import org.byoemail.format.mail.AccountId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Dispatches changes and poll requests of an account to the nodes that watch its mailboxes: to this
 * node directly, to the others over Redis. Thread-safe.
 */
@Component("accountChangeDispatcher")
public class AccountChangeDispatcher {
  private static final Logger log = LoggerFactory.getLogger(AccountChangeDispatcher.class);

  private final ReconciliationLoop reconciliationLoop;
  private final MailboxWatchers watchers;
  private final AccountChangeBroadcast notices;

  AccountChangeDispatcher(
      ReconciliationLoop reconciliationLoop,
      MailboxWatchers watchers,
      AccountChangeBroadcast notices) {
    this.reconciliationLoop = reconciliationLoop;
    this.watchers = watchers;
    this.notices = notices;
  }

  /** Handles a notice of another node; unknown notices are ignored. */
  public void received(String notice) {
    try {
      if (notice.startsWith(AccountChangeBroadcast.CHANGED)) {
        reconciliationLoop.request(
            AccountId.parse(notice.substring(AccountChangeBroadcast.CHANGED.length())));
      } else if (notice.startsWith(AccountChangeBroadcast.POLL)) {
        watchers.pollNow(AccountId.parse(notice.substring(AccountChangeBroadcast.POLL.length())));
      } else if (notice.startsWith(AccountChangeBroadcast.WAKE)) {
        watchers.wake(AccountId.parse(notice.substring(AccountChangeBroadcast.WAKE.length())));
      } else if (notice.equals(AccountChangeBroadcast.FREE)) {
        reconciliationLoop.requestSharing();
      } else if (notice.equals(AccountChangeBroadcast.ROLLOUT)) {
        reconciliationLoop.request();
      } else {
        log.debug("An unknown notice is ignored");
      }
    } catch (IllegalArgumentException e) {
      log.debug("A malformed notice is ignored", e);
    }
  }

  /** Polls the mailboxes of an account now, on whichever nodes watch them. */
  public void pollNow(AccountId account) {
    if (!watchers.pollNow(account)) {
      notices.poll(account);
    }
  }

  /** There is work in the mailboxes of an account; those that back off do it at their next poll. */
  public void wake(AccountId account) {
    if (!watchers.wake(account)) {
      notices.wake(account);
    }
  }

  @EventListener
  void changed(RolloutChanged change) {
    reconciliationLoop.request();
    notices.rollout();
  }

  @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT, fallbackExecution = true)
  void changed(AccountChanged change) {
    reconciliationLoop.request(change.account());
    notices.changed(change.account());
  }
}
