package org.byoemail.inbound.mailbox;

import java.time.Clock;
import java.util.random.RandomGenerator;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.AfterIngest;

/** What every watch works with. */
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

  /** What is to be done with mail of that account once it was taken in. */
  AfterIngest after(Account account) {
    return after(account, markSeen);
  }

  static AfterIngest after(Account account, boolean markSeen) {
    AfterIngest own = account.settings().inbound().afterIngest();
    return own != null ? own : markSeen ? AfterIngest.SEEN : AfterIngest.NONE;
  }
}
