package org.byoemail.account.testrun;

import java.util.UUID;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * What a run tests; one run of a subject is under way at a time.
 *
 * @param account null: a link
 * @param link null: an account
 */
public record TestTarget(String key, @Nullable AccountId account, @Nullable UUID link) {
  /** One side of a stored account. */
  public static TestTarget of(AccountId account, Protocol side) {
    return new TestTarget("account:" + account + ":" + side.word(), account, null);
  }

  /** All sides of an account, with the token of that sign-in: another one has a run of its own. */
  public static TestTarget signIn(AccountId account, UUID signIn) {
    return new TestTarget("account:" + account + ":sign-in:" + signIn, account, null);
  }

  /** The mailbox that a connect link is to connect. */
  public static TestTarget ofLink(UUID link) {
    return new TestTarget("link:" + link, null, link);
  }
}
