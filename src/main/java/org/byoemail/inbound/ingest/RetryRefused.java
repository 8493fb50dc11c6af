package org.byoemail.inbound.ingest;

import java.util.UUID;
import org.byoemail.format.mail.StateConflict;

/** A mail cannot be taken out of the quarantine, for a reason that a person can mend. */
public class RetryRefused extends StateConflict {
  private final UUID mail;

  RetryRefused(UUID mail, String why) {
    super(why);
    this.mail = mail;
  }

  /** The mail. */
  public UUID mail() {
    return mail;
  }
}
