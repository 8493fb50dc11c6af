package org.byoemail.embedded;

import org.jspecify.annotations.Nullable;

/**
 * An embedded part cannot start for a reason that its user can remove. Shown as one line with what
 * to do, without a stack trace, by {@link CannotStartAnalyzer}.
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

  /** What the user can do about it. */
  String action() {
    return action;
  }
}
