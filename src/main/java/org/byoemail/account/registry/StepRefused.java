package org.byoemail.account.registry;

import org.byoemail.format.mail.StateConflict;

/** A step in the life of an account that its present state does not allow. */
public class StepRefused extends StateConflict {
  private static final long serialVersionUID = 1;

  private final String reason;
  private final String remedy;

  StepRefused(String reason, String remedy) {
    super(reason + ": " + remedy);
    this.reason = reason;
    this.remedy = remedy;
  }

  /** What stands against it. */
  public String reason() {
    return reason;
  }

  /** What to do first. */
  public String remedy() {
    return remedy;
  }
}
