package org.byoemail.outbound.sentfolder;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.byoemail.outbound.sentfolder.SentCopies.Copy;
import org.springframework.stereotype.Component;

/** Records and counts the outcomes of copies. Safe for use by many threads. */
@Component
class CopyOutcomes {
  private static final List<Duration> DELAYS =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(6),
          Duration.ofHours(14));

  private final SentCopies copies;
  private final MeterRegistry meters;

  CopyOutcomes(SentCopies copies, MeterRegistry meters) {
    this.copies = copies;
    this.meters = meters;
  }

  /** The folder already has the mail: the server's own copy, or an earlier one. */
  void found(Copy copy) {
    done(copy, "found");
  }

  void appended(Copy copy) {
    done(copy, "appended");
  }

  private void done(Copy copy, String outcome) {
    copies.done(copy);
    meters.counter("byo.sent.copies", "outcome", outcome).increment();
  }

  /** Postpones a copy, or gives it up after the last try. */
  void failed(Copy copy, String error) {
    if (copy.tries() > DELAYS.size()) {
      copies.giveUp(copy, error);
      meters.counter("byo.sent.copies", "outcome", "given_up").increment();
      return;
    }
    copies.postpone(copy, DELAYS.get(copy.tries() - 1), error);
  }

  /** The delay before an account whose folder cannot be used is looked at again. */
  Duration firstDelay() {
    return DELAYS.get(0);
  }
}
