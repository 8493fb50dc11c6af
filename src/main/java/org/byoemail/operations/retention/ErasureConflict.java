package org.byoemail.operations.retention;

import org.byoemail.format.mail.StateConflict;

/** An address cannot be erased. */
public final class ErasureConflict extends StateConflict {
  private static final long serialVersionUID = 1;

  ErasureConflict(String message) {
    super(message);
  }
}
