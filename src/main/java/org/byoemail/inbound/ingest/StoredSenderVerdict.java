package org.byoemail.inbound.ingest;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.List;
import org.byoemail.format.authentication.SenderVerdict.Fact;
import org.byoemail.format.authentication.SenderVerdict.Proofs;
import org.jspecify.annotations.Nullable;

/**
 * What was found of the sender of a stored mail.
 *
 * @param verdict authentic, forged, unproven or undecided
 * @param source dkim, server or inside; null if nobody vouches for it
 * @param reason one sentence
 * @param letIn why it was let in although its sender is not proven; null if it was not
 * @param heldBecause why it is or was held for review; null if it never was
 * @param heldAt since when it is or was held for review; null if it never was
 * @param recheckAt when it is judged again by itself; null if it is not
 */
public record StoredSenderVerdict(
    String verdict,
    @Nullable String source,
    @Nullable String reason,
    Details found,
    @Nullable String letIn,
    @Nullable HoldReason heldBecause,
    @Nullable Instant heldAt,
    @Nullable Instant recheckAt) {

  /** Facts, and what is proven of its way, though not of its author. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Details(List<Fact> facts, Proofs proofs) {
    static final Details NOTHING =
        new Details(List.of(), new Proofs(List.of(), "", "", false, false));
  }
}
