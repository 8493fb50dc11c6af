package org.byoemail.inbound.mailbox;

import java.time.Clock;
import java.util.random.RandomGenerator;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.AfterIngest;

/** The collaborators that all watchers share. */
record WatcherServices(
    MailboxRows rows,
    AccountHealthRepository accountHealth,
    FolderOpener folders,
    InboundDelivery delivery,
    boolean markSeen,
    LoginPacing pacing,
    MailMemory memory,
    PollObservations observations,
    MailboxSettings settings,
    Clock clock,
    RandomGenerator random) {

  /** The post-ingest action of that account. */
  AfterIngest after(Account account) {
    return after(account, markSeen);
  }

  static AfterIngest after(Account account, boolean markSeen) {
    AfterIngest own = account.settings().inbound().afterIngest();
    return own != null ? own : markSeen ? AfterIngest.SEEN : AfterIngest.NONE;
  }
}
