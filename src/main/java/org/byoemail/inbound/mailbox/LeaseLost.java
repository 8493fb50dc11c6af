package org.byoemail.inbound.mailbox;

import org.byoemail.format.mail.MailboxId;

/** Another node took the mailbox: nothing was written, and this watcher stops. */
public class LeaseLost extends RuntimeException {
  private final MailboxId mailbox;

  LeaseLost(MailboxId mailbox) {
    super("the lease of mailbox " + mailbox + " was lost: nothing was written");
    this.mailbox = mailbox;
  }

  /** The mailbox. */
  public MailboxId mailbox() {
    return mailbox;
  }
}
