package org.byoemail.outbound.delivery;

import java.time.Instant;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.AttemptOutcome.Accepted;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.jspecify.annotations.Nullable;

/**
 * What follows an attempt, for recipients without a final result.
 *
 * @param nextAttempt when the next attempt is due; null: none
 * @param held whether they are held for a person
 * @param unknownOnce whether this or an earlier attempt had an unknown outcome
 * @param counted whether this one counts as an attempt
 */
record AttemptPlan(
    @Nullable Instant nextAttempt, boolean held, boolean unknownOnce, boolean counted) {

  /** What is to be written of a recipient. */
  Change change(EmailAddress address, AttemptOutcome outcome, boolean simulated) {
    RecipientStatus state;
    String words = outcome.words();
    if (outcome instanceof Accepted) {
      state = simulated ? RecipientStatus.SIMULATED : RecipientStatus.SENT;
    } else if (outcome instanceof Rejected) {
      state = RecipientStatus.FAILED;
    } else if (held) {
      state = RecipientStatus.HELD;
    } else if (nextAttempt != null) {
      state = RecipientStatus.DEFERRED;
    } else {
      state = RecipientStatus.FAILED;
      words = "given up after the last try: " + words;
    }
    return new Change(address, state, outcome.code(), words);
  }
}
