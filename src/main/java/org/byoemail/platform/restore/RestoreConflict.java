package org.byoemail.platform.restore;

import org.byoemail.format.mail.StateConflict;

/** What was asked for does not fit the state of the database. */
public final class RestoreConflict extends StateConflict {
  private static final long serialVersionUID = 1;

  RestoreConflict(String message) {
    super(message);
  }
}
