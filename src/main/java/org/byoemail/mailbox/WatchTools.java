package org.byoemail.mailbox;

import java.time.Clock;
import java.util.random.RandomGenerator;
import org.byoemail.account.Healths;

/** What every watch works with. */
record WatchTools(
    MailboxRows rows,
    Healths healths,
    FolderOpener folders,
    Delivery delivery,
    boolean markSeen,
    LoginPacing pacing,
    PollObservations observations,
    MailboxSettings settings,
    Clock clock,
    RandomGenerator random) {}
