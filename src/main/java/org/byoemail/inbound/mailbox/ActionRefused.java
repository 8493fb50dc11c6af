package org.byoemail.inbound.mailbox;

import org.byoemail.format.mail.StateConflict;

/** Nothing can be done with the mail in its mailbox now. */
public final class ActionRefused extends StateConflict {
  private static final long serialVersionUID = 1;

  ActionRefused(String message) {
    super(message);
  }
}
