package org.byoemail.outbound.draft;

import org.byoemail.format.mail.StateConflict;

/** The state of a draft, or the number of drafts, does not permit it. */
public class DraftConflict extends StateConflict {
  private static final long serialVersionUID = 1;

  DraftConflict(String message) {
    super(message);
  }
}
