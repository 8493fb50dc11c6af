package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.Optional;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.StoredText;
import org.byoemail.platform.lease.Lease;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The errors of mailboxes whose accounts have several. Each write checks the fence of the lease.
 */
@Repository
class MailboxHealthRows {
  private static final int MAX_ERROR_LENGTH = 1000;

  private final JdbcClient jdbc;

  MailboxHealthRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The mailbox works. */
  void clear(Lease lease) {
    jdbc.sql(
            """
            UPDATE mailbox SET error = NULL, error_at = NULL, failures = 0, login_failed = false, retry_at = NULL
            WHERE id = :mailbox AND fence = :fence AND error IS NOT NULL
            """)
        .param("mailbox", lease.mailbox().value())
        .param("fence", lease.fence())
        .update();
  }

  /** The mailbox has failed; returns how often in a row, 1 without the lease. */
  int failed(Lease lease, String error, boolean login) {
    return jdbc.sql(
            """
            UPDATE mailbox SET error = :error, error_at = statement_timestamp(), failures = failures + 1,
              login_failed = :login
            WHERE id = :mailbox AND fence = :fence RETURNING failures
            """)
        .param("error", StoredText.of(error, MAX_ERROR_LENGTH))
        .param("login", login)
        .param("mailbox", lease.mailbox().value())
        .param("fence", lease.fence())
        .query(Integer.class)
        .optional()
        .orElse(1);
  }

  /** Sets when the mailbox is tried again. */
  void retryIn(Lease lease, Duration wait) {
    jdbc.sql(
            """
            UPDATE mailbox SET retry_at = statement_timestamp() + :wait * interval '1 millisecond'
            WHERE id = :mailbox AND fence = :fence
            """)
        .param("wait", wait.toMillis())
        .param("mailbox", lease.mailbox().value())
        .param("fence", lease.fence())
        .update();
  }

  /** A mail of it is held up; a failure has precedence. */
  void heldUp(Lease lease, String why) {
    jdbc.sql(
            """
            UPDATE mailbox SET error = :error, error_at = statement_timestamp()
            WHERE id = :mailbox AND fence = :fence AND failures = 0
            """)
        .param("error", StoredText.of(why, MAX_ERROR_LENGTH))
        .param("mailbox", lease.mailbox().value())
        .param("fence", lease.fence())
        .update();
  }

  /** The latest failure of another mailbox of the account; empty: all others work. */
  Optional<String> failureOfAnother(AccountId account, Lease lease) {
    return jdbc.sql(
            """
            SELECT error FROM mailbox WHERE owner_account_id = :account AND id <> :mailbox AND failures > 0
            ORDER BY error_at DESC LIMIT 1
            """)
        .param("account", account.value())
        .param("mailbox", lease.mailbox().value())
        .query(String.class)
        .optional();
  }

  /**
   * The rest of the mailbox's backoff, or of another mailbox's whose login was refused, unless one
   * of them has logged in since: a server may refuse only further connections.
   */
  Duration backoffLeft(AccountId account, Lease lease) {
    return jdbc.sql(
            """
            SELECT coalesce(ceil(extract(epoch FROM max(m.retry_at) - statement_timestamp()) * 1000), 0)::bigint
            FROM mailbox m WHERE m.owner_account_id = :account AND m.retry_at > statement_timestamp()
              AND (m.id = :mailbox OR m.login_failed AND NOT EXISTS (
                SELECT 1 FROM account_health h
                WHERE h.account_id = m.owner_account_id AND h.side = 'imap' AND h.last_ok_at >= m.error_at))
            """)
        .param("account", account.value())
        .param("mailbox", lease.mailbox().value())
        .query((row, number) -> Duration.ofMillis(row.getLong(1)))
        .single();
  }

  /** Ends the backoffs of an account's mailboxes, after its settings have changed. */
  void retryNow(AccountId account) {
    jdbc.sql(
            """
            UPDATE mailbox SET retry_at = NULL, failures = least(failures, 1)
            WHERE owner_account_id = :account AND retry_at IS NOT NULL
            """)
        .param("account", account.value())
        .update();
  }
}
