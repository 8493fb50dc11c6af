package org.byoemail.outbound.outbox;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.byoemail.outbound.gate.GateDecision;
import org.jspecify.annotations.Nullable;

/**
 * One of the decisions that a message passes on its way.
 *
 * @param gate a stable word, such as {@code account}
 * @param result {@code pass}, {@code mark}, {@code wait}, {@code review} or {@code refuse}
 * @param subject whom it is about, such as a recipient; null: the message
 * @param reason why, with the remedy if there is one; null: it passed
 * @param until when a wait ends by itself; null if it does not, or is none
 */
public record Gate(
    String gate,
    @Schema(allowableValues = {"pass", "mark", "wait", "review", "refuse"}) String result,
    @Nullable String subject,
    @Nullable String reason,
    @Nullable Instant until) {

  /** What a gate of the agent's sending policy decided. */
  public static Gate of(GateDecision decision) {
    return new Gate(
        decision.gate(),
        decision.result().word(),
        null,
        decision.reason().isEmpty() ? null : decision.reason(),
        decision.until());
  }

  /** It passed. */
  public static Gate pass(String gate, @Nullable String reason) {
    return new Gate(gate, "pass", null, reason, null);
  }

  /** It waits there. */
  public static Gate wait(String gate, String reason, @Nullable Instant until) {
    return new Gate(gate, "wait", null, reason, until);
  }

  /** It is refused there. */
  public static Gate refuse(String gate, @Nullable String subject, @Nullable String reason) {
    return new Gate(gate, "refuse", subject, reason, null);
  }
}
