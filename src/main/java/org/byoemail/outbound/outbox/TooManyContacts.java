package org.byoemail.outbound.outbox;

import org.byoemail.format.mail.StateConflict;

/** The recipients of an approved mail cannot become contacts; nothing was approved. */
class TooManyContacts extends StateConflict {
  private static final long serialVersionUID = 1L;

  TooManyContacts(String reason) {
    super(reason);
  }
}
