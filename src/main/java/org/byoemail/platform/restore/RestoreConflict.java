package org.byoemail.platform.restore;

import org.byoemail.format.mail.StateConflict;

/** The request conflicts with the state of the restore. */
public final class RestoreConflict extends StateConflict {
  private static final long serialVersionUID = 1;

  RestoreConflict(String message) {
    super(message);
  }
}
