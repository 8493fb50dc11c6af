package org.byoemail.operations.setup;

import org.byoemail.format.mail.StateConflict;

/** A change of an agent or account that its present state does not allow. */
public class SetupConflict extends StateConflict {
  private static final long serialVersionUID = 1;

  SetupConflict(String message) {
    super(message);
  }
}
