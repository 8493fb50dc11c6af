package org.byoemail.api;

import org.byoemail.format.mail.StateConflict;

/** An event cursor cannot be committed as asked. */
class CursorConflict extends StateConflict {
  private static final long serialVersionUID = 1;

  CursorConflict(String message) {
    super(message);
  }
}
