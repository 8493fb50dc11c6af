package org.byoemail.inbound.mailbox;

import java.util.UUID;

/** Another node took the mailbox: nothing was written, and this watcher stops. */
public class LeaseLost extends RuntimeException {
  private final UUID mailbox;

  LeaseLost(UUID mailbox) {
    super("the lease of mailbox " + mailbox + " was lost: nothing was written");
    this.mailbox = mailbox;
  }

  /** The mailbox. */
  public UUID mailbox() {
    return mailbox;
  }
}
