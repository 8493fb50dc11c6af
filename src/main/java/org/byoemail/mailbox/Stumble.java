package org.byoemail.mailbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.byoemail.mailbox.IncomingMail.Stumbles;
import org.jspecify.annotations.Nullable;

/** Remembers how often the mail that a mailbox is stuck at was in vain. */
final class Stumble {
  private final Clock clock;
  private long uid;
  private int fetching;
  private @Nullable Instant since;
  private int processing;

  Stumble(Clock clock) {
    this.clock = clock;
  }

  Stumbles of(long mail) {
    if (mail != uid) {
      return Stumbles.NONE;
    }
    return new Stumbles(
        fetching, since == null ? null : Duration.between(since, clock.instant()), processing);
  }

  /** The server did not give the mail. */
  void fetchFailed(long mail) {
    at(mail);
    fetching++;
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
    }
  }
}
