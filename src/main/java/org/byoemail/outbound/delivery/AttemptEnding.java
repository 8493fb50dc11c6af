package org.byoemail.outbound.delivery;

import java.util.Collection;
import java.util.Optional;
import org.byoemail.outbound.delivery.AttemptOutcome.Accepted;
import org.byoemail.outbound.delivery.AttemptOutcome.Deferred;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.AttemptOutcome.Unknown;
import org.jspecify.annotations.Nullable;

/**
 * What is written of an attempt when its outcomes are known: sent with the first that was taken.
 */
final class AttemptEnding {
  private AttemptEnding() {}

  static AttemptRows.Ending of(Collection<AttemptOutcome> outcomes, boolean simulated) {
    for (AttemptOutcome outcome : outcomes) {
      if (outcome instanceof Accepted accepted) {
        AttemptOutcome failed =
            outcomes.stream().filter(o -> !(o instanceof Accepted)).findFirst().orElse(null);
        return new AttemptRows.Ending(
            AttemptState.SENT,
            simulated ? "simulated" : "accepted",
            accepted.words(),
            failed == null ? null : failed.code(),
            failed == null ? null : failed.words());
      }
    }
    AttemptOutcome worst =
        first(outcomes, Unknown.class)
            .or(() -> first(outcomes, Deferred.class))
            .or(() -> first(outcomes, Rejected.class))
            .orElseThrow();
    String word =
        worst instanceof Unknown ? "unknown" : worst instanceof Deferred ? "deferred" : "rejected";
    return new AttemptRows.Ending(
        AttemptState.FAILED, word, reply(worst.words()), worst.code(), worst.words());
  }

  // Only what begins with a reply code is a reply.
  private static @Nullable String reply(String words) {
    return words.matches("(?s)[2-5]\\d\\d[ -].*") ? words : null;
  }

  private static Optional<AttemptOutcome> first(
      Collection<AttemptOutcome> outcomes, Class<? extends AttemptOutcome> type) {
    return outcomes.stream().filter(type::isInstance).findFirst();
  }
}
