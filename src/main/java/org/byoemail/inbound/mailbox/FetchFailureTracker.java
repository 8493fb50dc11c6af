package org.byoemail.inbound.mailbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.byoemail.inbound.mailbox.IncomingMail.PriorFailures;
import org.jspecify.annotations.Nullable;

/** Counts the failures of the mail that a mailbox is stuck at. */
final class FetchFailureTracker {
  private final Clock clock;
  private long uid;
  private int fetchFailures;
  private @Nullable Instant since;
  private int processingFailures;
  private boolean neighboursServed;
  private long singlyUpTo;
  private boolean headersOnly;

  FetchFailureTracker(Clock clock) {
    this.clock = clock;
  }

  PriorFailures of(long mailUid) {
    if (mailUid != uid) {
      return PriorFailures.NONE;
    }
    return new PriorFailures(
        fetchFailures,
        since == null ? null : Duration.between(since, clock.instant()),
        processingFailures,
        neighboursServed);
  }

  /** Whether a mail is fetched by itself, because a batch around it broke the connection. */
  boolean isFetchedSingly(long mailUid) {
    return mailUid <= singlyUpTo;
  }

  /**
   * Whether the server has failed to return that mail, or a batch around it broke the connection.
   */
  boolean isSuspect(long mailUid) {
    return isFetchedSingly(mailUid) || mailUid == uid && fetchFailures > 0;
  }

  /** The connection broke over one of the mails up to that one. */
  void fetchSinglyUpTo(long last) {
    singlyUpTo = last;
  }

  /** Whether headers are fetched without bodies, because both together broke the connection. */
  boolean isHeadersOnly() {
    return headersOnly;
  }

  /** The connection broke over headers that were fetched with their mails. */
  void fetchHeadersOnly() {
    headersOnly = true;
  }

  /**
   * The server did not return the mail.
   *
   * @param neighboursServed whether it returned others
   */
  void fetchFailed(long mailUid, boolean neighboursServed) {
    track(mailUid);
    fetchFailures++;
    this.neighboursServed = neighboursServed;
    if (since == null) {
      since = clock.instant();
    }
  }

  /** The mail was not ingested. */
  void processingFailed(long mailUid) {
    track(mailUid);
    processingFailures++;
  }

  private void track(long mailUid) {
    if (mailUid != uid) {
      uid = mailUid;
      fetchFailures = 0;
      since = null;
      processingFailures = 0;
      neighboursServed = false;
    }
  }
}
