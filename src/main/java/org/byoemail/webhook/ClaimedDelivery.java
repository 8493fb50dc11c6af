package org.byoemail.webhook;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that this node has claimed. Immutable; its {@code toString} shows ids only.
 *
 * @param attempt number of the attempt, from 1
 * @param slow whether it uses the workers for slow receivers
 * @param type of the event
 * @param decides whether its receiver may decide on reviews
 * @param payload null if the event was deleted
 */
record ClaimedDelivery(
    UUID id,
    UUID token,
    UUID webhook,
    UUID event,
    String type,
    OrganizationId organization,
    String url,
    int attempt,
    boolean slow,
    List<SigningKeys> keys,
    boolean decides,
    byte @Nullable [] payload) {

  /** Whether its event asks for a review, which the receiver's answer may decide. */
  boolean asksForReview() {
    return type.equals(EventType.MESSAGE_REVIEW_REQUESTED.word());
  }

  /** The payload; null if the event was deleted. */
  @Nullable String text() {
    return payload == null ? null : new String(payload, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "delivery " + id + " of webhook " + webhook;
  }
}
