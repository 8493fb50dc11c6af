package org.byoemail.inbound.mailbox;

import java.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a watcher remembers, from one connection to the next, of the mails of its mailbox that could
 * not be read.
 *
 * @param fetching mails that the server does not return
 * @param fatal mails whose reading ended a process
 * @param brokenByAction whether a requested action broke the last connection
 */
record MailFailures(
    FetchFailureTracker fetching, FatalMailGuard fatal, AtomicBoolean brokenByAction) {
  MailFailures(MailboxRows rows, Clock clock) {
    this(new FetchFailureTracker(clock), new FatalMailGuard(rows), new AtomicBoolean());
  }
}
