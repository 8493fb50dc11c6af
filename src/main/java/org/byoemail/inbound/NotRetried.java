package org.byoemail.inbound;

import java.util.UUID;

/** A mail cannot be taken out of the quarantine, for a reason that a person can mend. */
public class NotRetried extends RuntimeException {
  private final UUID mail;

  NotRetried(UUID mail, String why) {
    super(why);
    this.mail = mail;
  }

  /** The mail. */
  public UUID mail() {
    return mail;
  }
}
