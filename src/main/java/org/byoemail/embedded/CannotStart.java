package org.byoemail.embedded;

import org.jspecify.annotations.Nullable;

/**
 * An embedded part cannot start for a reason that its user can remove. {@link CannotStartAnalyzer}
 * shows it as one line with a remedy, without a stack trace.
 */
class CannotStart extends RuntimeException {
  private final String action;

  CannotStart(String what, String action, @Nullable Throwable cause) {
    super(what, cause);
    this.action = action;
  }

  CannotStart(String what, String action) {
    this(what, action, null);
  }

  /** The remedy. */
  String action() {
    return action;
  }
}
