package org.byoemail.account.rollout;

import org.byoemail.platform.health.StartRefused;

/** The settings of the flag cannot be used: the start ends. */
final class FlagRefused extends StartRefused {
  private static final long serialVersionUID = 1;

  FlagRefused(String what, String remedy, Throwable cause) {
    super(what, remedy, cause);
  }

  FlagRefused(String what, String remedy) {
    super(what, remedy);
  }
}
