package org.byoemail.account.rollout;

import java.time.Instant;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.OrganizationId;

/** For what an account is used, and why. */
public record AccountRollout(
    AccountId account,
    OrganizationId organization,
    String address,
    Value sending,
    Value receiving) {

  /**
   * The value of the flag for one side.
   *
   * @param why the reason of the evaluation
   * @param since since when it has this value
   */
  public record Value(boolean on, String why, Instant since) {}
}
