package org.byoemail.embedded;

import org.byoemail.platform.health.StartRefused;
import org.jspecify.annotations.Nullable;

/** An embedded part cannot start for a reason that its user can remove. */
class EmbeddedPartFailed extends StartRefused {
  private static final long serialVersionUID = 1;

  EmbeddedPartFailed(String what, String remedy, @Nullable Throwable cause) {
    super(what, remedy, cause);
  }

  EmbeddedPartFailed(String what, String remedy) {
    super(what, remedy);
  }
}
