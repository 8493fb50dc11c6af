package org.byoemail.inbound.mailbox;

import java.time.Clock;

/**
 * What a watcher remembers, from one connection to the next, of the mails of its mailbox that could
 * not be read.
 *
 * @param fetching mails that the server does not return
 * @param fatal mails whose reading ended a process
 */
record MailFailures(FetchFailureTracker fetching, FatalMailGuard fatal) {
  MailFailures(MailboxRows rows, Clock clock) {
    this(new FetchFailureTracker(clock), new FatalMailGuard(rows));
  }
}
