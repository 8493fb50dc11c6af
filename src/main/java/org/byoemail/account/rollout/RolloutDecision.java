package org.byoemail.account.rollout;

import org.byoemail.format.mail.StoredText;

/**
 * The value of the flag for one side of an account.
 *
 * @param why the reason, of at most 200 characters
 */
record RolloutDecision(boolean on, String why) {
  static final int MAX_WHY_LENGTH = 200;

  RolloutDecision {
    why = StoredText.of(why, MAX_WHY_LENGTH);
  }
}
