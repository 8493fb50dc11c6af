package org.byoemail.mailbox;

import java.util.function.Predicate;
import org.byoemail.account.Account;

/**
 * Tells by their headers which mails of a batch will be read whole, so that small ones are fetched
 * together. What it denies is never fetched unless it is asked for after all.
 */
@FunctionalInterface
public interface BodyForecast {
  /**
   * For the mails of one batch of an account. The predicate is used by one thread and not kept.
   *
   * @throws RuntimeException where it cannot tell; the mails are then fetched one by one
   */
  Predicate<IncomingMail> of(Account account);
}
