package org.byoemail.account.rollout;

import java.util.Locale;

/** What an account is used for. */
public enum RolloutSide {
  SENDING,
  RECEIVING;

  /** The name in the API, in settings, and in the context of an evaluation. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
