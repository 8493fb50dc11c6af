package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.Optional;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Protocol;
import org.byoemail.platform.lease.Lease;
import org.byoemail.platform.retry.ExponentialBackoff;

/**
 * What a watcher records of its mailbox. The health of an account with one folder is the health of
 * its mailbox. Of several folders each has an error and a backoff of its own, and the account is in
 * error while one of them is: otherwise a folder that works would end the error of one that does
 * not. Used by one thread at a time.
 */
final class MailboxHealth {
  private static final ExponentialBackoff BACKOFF =
      ExponentialBackoff.doubling(Duration.ofMinutes(2), Duration.ofHours(1));

  private final MailboxHealthRows rows;
  private final AccountHealthRepository accountHealth;
  private final String folder;
  private final Lease lease;
  private boolean errorRecorded = true;

  MailboxHealth(
      MailboxHealthRows rows, AccountHealthRepository accountHealth, String folder, Lease lease) {
    this.rows = rows;
    this.accountHealth = accountHealth;
    this.folder = folder;
    this.lease = lease;
  }

  /** The mailbox works. */
  void ok(Account account) {
    if (errorRecorded) {
      rows.clear(lease);
      errorRecorded = false;
    }
    Optional<String> other =
        account.settings().hasSeveralFolders()
            ? rows.failureOfAnother(account.id(), lease)
            : Optional.empty();
    if (other.isEmpty()) {
      accountHealth.ok(account, Protocol.IMAP);
    } else {
      accountHealth.stillFailing(account, Protocol.IMAP, other.get());
    }
  }

  /**
   * The server, or the account, has failed.
   *
   * @param login whether it refused the login, which the other folders share
   * @return the backoff
   */
  Duration failed(Account account, String error, boolean login) {
    if (!account.settings().hasSeveralFolders()) {
      accountHealth.failed(account, Protocol.IMAP, error);
      return accountHealth.backoffLeft(account.id(), Protocol.IMAP);
    }
    errorRecorded = true;
    String shown = folder + ": " + error;
    int failures = rows.failed(lease, shown, login);
    Duration wait = BACKOFF.delay(failures);
    rows.retryIn(lease, wait);
    accountHealth.failing(account, Protocol.IMAP, shown, failures, wait);
    return wait;
  }

  /** The mailbox works, but something of it is held up for a while. */
  void heldUp(Account account, String why, Duration wait) {
    if (account.settings().hasSeveralFolders()) {
      errorRecorded = true;
      rows.heldUp(lease, folder + ": " + why);
      accountHealth.heldUp(account, Protocol.IMAP, folder + ": " + why, wait);
    } else {
      accountHealth.heldUp(account, Protocol.IMAP, why, wait);
    }
  }

  /** The rest of the recorded backoff; zero: the mailbox may be tried. */
  Duration backoffLeft(Account account) {
    return account.settings().hasSeveralFolders()
        ? rows.backoffLeft(account.id(), lease)
        : accountHealth.backoffLeft(account.id(), Protocol.IMAP);
  }
}
