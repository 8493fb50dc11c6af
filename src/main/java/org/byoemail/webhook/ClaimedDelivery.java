package org.byoemail.webhook;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that this node makes at present. Immutable; its {@code toString} shows ids only.
 *
 * @param attempt its number, from 1
 * @param slow which workers it counts with
 * @param payload null: the event is gone
 */
record ClaimedDelivery(
    UUID id,
    UUID token,
    UUID webhook,
    UUID event,
    String organization,
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
