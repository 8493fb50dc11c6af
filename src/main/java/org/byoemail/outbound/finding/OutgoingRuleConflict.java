package org.byoemail.outbound.finding;

import org.byoemail.format.mail.StateConflict;

/** A rule that an organisation has no room for, or whose name another one of its rules has. */
public final class OutgoingRuleConflict extends StateConflict {
  private static final long serialVersionUID = 1L;

  OutgoingRuleConflict(String message) {
    super(message);
  }
}
