package org.byoemail.outbound.delivery;

import java.util.UUID;
import org.byoemail.format.mail.StateConflict;

/** A change that the present state of the message does not allow. */
public class DeliveryConflict extends StateConflict {

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
