package org.byoemail.account.registry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredText;
import org.byoemail.platform.event.EventData;
import org.byoemail.platform.event.EventData.AccountError;
import org.byoemail.platform.event.EventData.AccountRecovered;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.byoemail.platform.retry.ExponentialBackoff;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The health of accounts, one row per side. Records an event when an account begins to fail and
 * when it recovers. Safe for use by many threads and nodes.
 */
@Repository
public class AccountHealthRepository {
  private static final ExponentialBackoff BACKOFF =
      ExponentialBackoff.doubling(Duration.ofMinutes(2), Duration.ofHours(1));
  private static final int MAX_ERROR_LENGTH = 1000;

  private final JdbcClient jdbc;
  private final Events events;

  AccountHealthRepository(JdbcClient jdbc, Events events) {
    this.jdbc = jdbc;
    this.events = events;
  }

  /** The health of one side. */
  public AccountHealth of(AccountId account, Protocol protocol) {
    return jdbc.sql("SELECT * FROM account_health WHERE account_id = :account AND side = :side")
        .param("account", account.value())
        .param("side", protocol.word())
        .query(AccountHealthRepository::read)
        .optional()
        .orElse(AccountHealth.unknown(protocol));
  }

  /** The rest of the side's backoff; zero: it may be tried. */
  public Duration backoffLeft(AccountId account, Protocol protocol) {
    return jdbc.sql(
            """
            SELECT ceil(extract(epoch FROM backoff_until - statement_timestamp()) * 1000)::bigint FROM account_health
            WHERE account_id = :account AND side = :side AND backoff_until > statement_timestamp()
            """)
        .param("account", account.value())
        .param("side", protocol.word())
        .query(Long.class)
        .optional()
        .map(Duration::ofMillis)
        .orElse(Duration.ZERO);
  }

  /** The health of both sides of each of these accounts. */
  public Map<AccountId, Map<Protocol, AccountHealth>> of(Collection<AccountId> accounts) {
    Map<AccountId, Map<Protocol, AccountHealth>> found = new HashMap<>();
    for (AccountId account : accounts) {
      Map<Protocol, AccountHealth> sides = new EnumMap<>(Protocol.class);
      for (Protocol protocol : Protocol.values()) {
        sides.put(protocol, AccountHealth.unknown(protocol));
      }
      found.put(account, sides);
    }
    jdbc.sql("SELECT * FROM account_health WHERE account_id = ANY (:accounts)")
        .param("accounts", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
        .query(
            row -> {
              AccountHealth health = read(row, 0);
              found
                  .get(new AccountId(row.getObject("account_id", UUID.class)))
                  .put(health.protocol(), health);
            });
    return found;
  }

  /** The side works: clears its error. */
  @Transactional
  public void ok(Account account, Protocol protocol) {
    boolean published = isErrorPublished(account, protocol);
    jdbc.sql(
            """
            INSERT INTO account_health (account_id, side, last_ok_at)
            SELECT id, :side, statement_timestamp() FROM agent_email_account WHERE id = :account
            ON CONFLICT (account_id, side) DO UPDATE
              SET last_ok_at = excluded.last_ok_at, error = NULL, error_at = NULL, failures = 0,
                  backoff_until = NULL, told = true
            """)
        .param("account", account.id().value())
        .param("side", protocol.word())
        .update();
    if (published) {
      publish(account, new AccountRecovered(protocol.word()));
    }
  }

  /**
   * The side failed because of the account or its server: it backs off for 2 min, doubling to 1 h.
   *
   * @param error the server's reply, or the cause; shown to operators
   * @return the new health
   */
  @Transactional
  public AccountHealth failed(Account account, Protocol protocol, String error) {
    int failures = of(account.id(), protocol).failures() + 1;
    failing(account, protocol, error, failures, BACKOFF.delay(failures));
    return of(account.id(), protocol);
  }

  /**
   * The side failed, or a part of it whose failures and backoff the caller counts.
   *
   * @param error the server's reply, or the cause; shown to operators
   * @param failures how often in a row
   */
  @Transactional
  public void failing(
      Account account, Protocol protocol, String error, int failures, Duration backoff) {
    boolean published = isErrorPublished(account, protocol);
    String shown = StoredText.of(error, MAX_ERROR_LENGTH);
    jdbc.sql(
            """
            INSERT INTO account_health (account_id, side, error, error_at, failures, backoff_until)
            SELECT id, :side, :error, statement_timestamp(), :failures,
                statement_timestamp() + :backoff * interval '1 second'
              FROM agent_email_account WHERE id = :account
            ON CONFLICT (account_id, side) DO UPDATE
              SET error = excluded.error, error_at = excluded.error_at, failures = excluded.failures,
                  backoff_until = excluded.backoff_until, told = true
            """)
        .param("account", account.id().value())
        .param("side", protocol.word())
        .param("error", shown)
        .param("failures", failures)
        .param("backoff", backoff.toSeconds())
        .update();
    if (!published) {
      publish(account, new AccountError(protocol.word(), shown));
    }
  }

  /** A part of the side works, another still fails: that one's error is shown. */
  public void stillFailing(Account account, Protocol protocol, String error) {
    jdbc.sql(
            """
            UPDATE account_health SET last_ok_at = statement_timestamp(), error = :error
            WHERE account_id = :account AND side = :side AND error IS NOT NULL
            """)
        .param("error", StoredText.of(error, MAX_ERROR_LENGTH))
        .param("account", account.id().value())
        .param("side", protocol.word())
        .update();
  }

  /**
   * The side works, but something of it is held up for a while: shown as its error unless a failure
   * is, without an event.
   *
   * @param why shown to operators
   * @param wait from now on
   */
  @Transactional
  public void heldUp(Account account, Protocol protocol, String why, Duration wait) {
    jdbc.sql(
            """
            INSERT INTO account_health (account_id, side, error, error_at, backoff_until, told)
            SELECT id, :side, :error, statement_timestamp(),
                statement_timestamp() + :wait * interval '1 millisecond', false
              FROM agent_email_account WHERE id = :account
            ON CONFLICT (account_id, side) DO UPDATE
              SET error = excluded.error, error_at = excluded.error_at,
                  backoff_until = excluded.backoff_until, told = false
              WHERE account_health.error IS NULL OR NOT account_health.told
            """)
        .param("account", account.id().value())
        .param("side", protocol.word())
        .param("error", StoredText.of(why, MAX_ERROR_LENGTH))
        .param("wait", wait.toMillis())
        .update();
  }

  private boolean isErrorPublished(Account account, Protocol protocol) {
    return jdbc.sql(
            """
            SELECT error IS NOT NULL AND told FROM account_health
            WHERE account_id = :account AND side = :side
            """)
        .param("account", account.id().value())
        .param("side", protocol.word())
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }

  /** Clears the backoff, after the settings changed or a person asked to try again. */
  public void retryNow(AccountId account, Protocol protocol) {
    jdbc.sql(
            "UPDATE account_health SET backoff_until = NULL, failures = 0 WHERE account_id = :account AND side = :side")
        .param("account", account.value())
        .param("side", protocol.word())
        .update();
  }

  /** A person asked to use the account at once. */
  @EventListener
  public void resumed(AccountResumed resumed) {
    for (Protocol protocol : Protocol.values()) {
      retryNow(resumed.account(), protocol);
    }
  }

  private void publish(Account account, EventData data) {
    events.record(new NewEvent(account.organization(), null, account.id().value(), data));
  }

  private static AccountHealth read(ResultSet row, int number) throws SQLException {
    return new AccountHealth(
        Protocol.valueOf(row.getString("side").toUpperCase(Locale.ROOT)),
        SqlTimestamps.read(row, "last_ok_at"),
        row.getString("error"),
        SqlTimestamps.read(row, "error_at"),
        row.getInt("failures"),
        SqlTimestamps.read(row, "backoff_until"));
  }
}
