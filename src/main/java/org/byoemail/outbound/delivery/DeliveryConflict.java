package org.byoemail.outbound.delivery;

import org.byoemail.format.mail.StateConflict;
import org.byoemail.format.mail.StoredMessageId;

/** A change that the present state of the message does not allow. */
public class DeliveryConflict extends StateConflict {

  private final StoredMessageId messageId;

  public DeliveryConflict(StoredMessageId messageId, String reason) {
    super(reason);
    this.messageId = messageId;
  }

  /** The message. */
  public StoredMessageId messageId() {
    return messageId;
  }
}
