package org.byoemail.inbound.mailbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.byoemail.inbound.mailbox.IncomingMail.Stumbles;
import org.jspecify.annotations.Nullable;

/** Remembers how often the mail that a mailbox is stuck at was in vain. */
final class FetchFailureTracker {
  private final Clock clock;
  private long uid;
  private int fetching;
  private @Nullable Instant since;
  private int processing;
  private boolean alone;
  private long cautiousUntil;
  private boolean apart;

  FetchFailureTracker(Clock clock) {
    this.clock = clock;
  }

  Stumbles of(long mail) {
    if (mail != uid) {
      return Stumbles.NONE;
    }
    return new Stumbles(
        fetching,
        since == null ? null : Duration.between(since, clock.instant()),
        processing,
        alone);
  }

  /** Whether a mail is to be asked for by itself, because the server broke down over its like. */
  boolean isCautious(long mail) {
    return mail <= cautiousUntil;
  }

  /** Whether the server has failed to give that mail, or broke down over its like. */
  boolean isSuspect(long mail) {
    return isCautious(mail) || mail == uid && fetching > 0;
  }

  /** The server broke down over one of the mails up to that one. */
  void beCautious(long last) {
    cautiousUntil = last;
  }

  /** Whether heads are to be asked for by themselves, because the server broke down over more. */
  boolean isApart() {
    return apart;
  }

  /** The server broke down over heads that came with their mails. */
  void keepApart() {
    apart = true;
  }

  /**
   * The server did not give the mail.
   *
   * @param gaveOthers whether it gave others
   */
  void fetchFailed(long mail, boolean gaveOthers) {
    at(mail);
    fetching++;
    alone = gaveOthers;
    if (since == null) {
      since = clock.instant();
    }
  }

  /** The mail was not dealt with. */
  void processingFailed(long mail) {
    at(mail);
    processing++;
  }

  private void at(long mail) {
    if (mail != uid) {
      uid = mail;
      fetching = 0;
      since = null;
      processing = 0;
      alone = false;
    }
  }
}
