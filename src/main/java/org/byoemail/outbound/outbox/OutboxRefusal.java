package org.byoemail.outbound.outbox;

import java.util.UUID;

/** What was asked for is not possible in the message's present state. */
public class OutboxRefusal extends RuntimeException {

  private final UUID messageId;

  OutboxRefusal(UUID messageId, String reason) {
    super(reason);
    this.messageId = messageId;
  }

  /** The message. */
  public UUID messageId() {
    return messageId;
  }
}
