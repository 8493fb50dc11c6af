package org.byoemail.setup;

import org.byoemail.format.mail.StateConflict;

/** What is asked for does not go together with how things stand; the message says what to do. */
public class SetupConflict extends StateConflict {
  private static final long serialVersionUID = 1;

  SetupConflict(String message) {
    super(message);
  }
}
