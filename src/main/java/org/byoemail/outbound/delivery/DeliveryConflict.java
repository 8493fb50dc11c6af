package org.byoemail.outbound.delivery;

import java.util.UUID;

/** What was asked for is not possible in the message's present state. */
public class DeliveryConflict extends RuntimeException {

  private final UUID messageId;

  public DeliveryConflict(UUID messageId, String reason) {
    super(reason);
    this.messageId = messageId;
  }

  /** The message. */
  public UUID messageId() {
    return messageId;
  }
}
