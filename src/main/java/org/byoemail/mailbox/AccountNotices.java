package org.byoemail.mailbox;

import org.byoemail.account.AccountChanged;
import org.byoemail.mail.AccountId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Carries what concerns the mailbox of an account to the node that watches it: to this one at once,
 * to the others by Redis. Safe for use by many threads.
 */
@Component("accountNotices")
public class AccountNotices {
  private static final Logger log = LoggerFactory.getLogger(AccountNotices.class);

  private final Reconciliation reconciliation;
  private final Watchers watchers;
  private final Notices notices;

  AccountNotices(Reconciliation reconciliation, Watchers watchers, Notices notices) {
    this.reconciliation = reconciliation;
    this.watchers = watchers;
    this.notices = notices;
  }

  /** A node tells of something; whatever else is said on that channel is left alone. */
  public void received(String notice) {
    try {
      if (notice.startsWith(Notices.CHANGED)) {
        reconciliation.request(AccountId.parse(notice.substring(Notices.CHANGED.length())));
      } else if (notice.startsWith(Notices.POLL)) {
        watchers.pollNow(AccountId.parse(notice.substring(Notices.POLL.length())));
      } else if (notice.equals(Notices.FREE)) {
        reconciliation.requestSharing();
      } else {
        log.debug("A notice of a kind that this version does not know");
      }
    } catch (IllegalArgumentException e) {
      log.debug("A notice that cannot be read", e);
    }
  }

  /** Has the mailbox of an account looked into now, by whichever node watches it. */
  public void pollNow(AccountId account) {
    if (!watchers.pollNow(account)) {
      notices.poll(account);
    }
  }

  @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT, fallbackExecution = true)
  void changed(AccountChanged change) {
    reconciliation.request(change.account());
    notices.changed(change.account());
  }
}
