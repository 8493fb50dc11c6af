package org.byoemail.outbound.delivery;

import org.byoemail.format.mail.StateConflict;

/** A decision on a review that comes too late, or is about another version. */
public class ReviewConflict extends StateConflict {
  private static final long serialVersionUID = 1L;

  public ReviewConflict(String reason) {
    super(reason);
  }
}
