package org.byoemail.embedded;

import org.byoemail.platform.health.StartRefused;
import org.jspecify.annotations.Nullable;

/** An embedded part cannot start for a reason that its user can remove. */
class CannotStart extends StartRefused {
  private static final long serialVersionUID = 1;

  CannotStart(String what, String remedy, @Nullable Throwable cause) {
    super(what, remedy, cause);
  }

  CannotStart(String what, String remedy) {
    super(what, remedy);
  }
}
