package org.byoemail.mailbox;

import java.time.Clock;
import java.util.random.RandomGenerator;
import org.byoemail.account.Account;
import org.byoemail.account.AfterIngest;
import org.byoemail.account.Healths;

/** What every watch works with. */
record WatchTools(
    MailboxRows rows,
    Healths healths,
    FolderOpener folders,
    Delivery delivery,
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
