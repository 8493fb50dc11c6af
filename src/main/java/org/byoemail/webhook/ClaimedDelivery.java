package org.byoemail.webhook;

import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that this node has claimed. Immutable; its {@code toString} shows ids only.
 *
 * @param attempt number of the attempt, from 1
 * @param slow whether it uses the workers for slow receivers
 * @param payload null if the event was deleted
 */
record ClaimedDelivery(
    UUID id,
    UUID token,
    UUID webhook,
    UUID event,
    OrganizationId organization,
    String url,
    int attempt,
    boolean slow,
    List<SigningKeys> keys,
    byte @Nullable [] payload) {

  @Override
  public String toString() {
    return "delivery " + id + " of webhook " + webhook;
  }
}
