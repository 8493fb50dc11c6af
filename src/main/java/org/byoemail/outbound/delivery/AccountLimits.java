package org.byoemail.outbound.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountChanged;
import org.byoemail.account.registry.AccountResumed;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredText;
import org.byoemail.outbound.limit.LimitPreset;
import org.byoemail.outbound.limit.SendingLimit;
import org.byoemail.outbound.limit.SendingLimits;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.audit.ChangedFields;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The sending limits of accounts, and the time until which an account that used one up is not
 * claimed. Safe for use by many threads and nodes.
 */
@Repository
public class AccountLimits {
  /** The most connections that may be asked for. */
  public static final int MAX_CONNECTIONS = 100;

  private static final int MAX_REASON_LENGTH = 1000;

  private final JdbcClient jdbc;
  private final Accounts accounts;
  private final AuditLog audit;

  AccountLimits(JdbcClient jdbc, Accounts accounts, AuditLog audit) {
    this.audit = audit;
    this.jdbc = jdbc;
    this.accounts = accounts;
  }

  /** What holds for an account. */
  public AccountSending of(Account account) {
    LimitPreset preset = preset(account).orElse(null);
    return jdbc.sql(
            "SELECT *, next_send_at > statement_timestamp() AS waits FROM account_sending WHERE account_id = :id")
        .param("id", account.id().value())
        .query((row, number) -> read(row, preset))
        .optional()
        .orElseGet(() -> sending(preset, SendingLimits.NONE, null, null, null));
  }

  /**
   * Sets the operator's limits, which override the provider's, and ends any wait for a limit.
   *
   * @param connections at a time over all nodes; null: the provider's
   * @throws IllegalArgumentException if a number cannot be
   */
  @Transactional
  public void set(Account account, SendingLimits own, @Nullable Integer connections) {
    if (connections != null && (connections < 1 || connections > MAX_CONNECTIONS)) {
      throw new IllegalArgumentException("connections are 1 to " + MAX_CONNECTIONS);
    }
    Map<String, @Nullable Object> values = new HashMap<>();
    StringBuilder columns = new StringBuilder();
    for (SendingLimit limit : SendingLimit.values()) {
      columns.append(", ").append(limit.column()).append(" = :").append(limit.column());
      values.put(limit.column(), own.amounts().get(limit));
    }
    AccountSending before = of(account);
    ensure(account.id());
    jdbc.sql(
            "UPDATE account_sending SET next_send_at = NULL, wait_reason = NULL,"
                + " connections = :connections, most_connections = :most"
                + columns
                + " WHERE account_id = :id")
        .param("id", account.id().value())
        .param("connections", connections)
        .param("most", most(connections, preset(account).orElse(null)))
        .params(values)
        .update();
    ChangedFields changed =
        new ChangedFields().compare("limits.connections", before.ownConnections(), connections);
    for (SendingLimit limit : SendingLimit.values()) {
      changed.compare(
          "limits." + JdbcUtils.convertUnderscoreNameToPropertyName(limit.column()),
          before.own().amounts().get(limit),
          own.amounts().get(limit));
    }
    if (!changed.isEmpty()) {
      audit.record(
          "account.limits_changed",
          account.id().value(),
          account.organization(),
          changed.details());
    }
  }

  /** Lets the account's mail wait from now on; a longer wait stays. */
  public void waitFor(AccountId account, Duration wait, String reason) {
    waitFor(List.of(account), wait, reason);
  }

  /** Lets the mail of accounts wait from now on; a longer wait stays. */
  void waitFor(Collection<AccountId> waiting, Duration wait, String reason) {
    jdbc.sql(
            """
            INSERT INTO account_sending AS s (account_id, next_send_at, wait_reason)
            SELECT id, statement_timestamp() + :wait * interval '1 microsecond', :reason
              FROM agent_email_account WHERE id = ANY (:ids) ORDER BY id
            ON CONFLICT (account_id) DO UPDATE
              SET next_send_at = excluded.next_send_at, wait_reason = excluded.wait_reason
              WHERE s.next_send_at IS NULL OR s.next_send_at < excluded.next_send_at
            """)
        .param("ids", waiting.stream().map(AccountId::value).toArray(UUID[]::new))
        .param("wait", TimeUnit.NANOSECONDS.toMicros(wait.toNanos()))
        .param("reason", StoredText.of(reason, MAX_REASON_LENGTH))
        .update();
  }

  /** Lets its mail leave now, because a person asked for it. */
  @EventListener
  public void resumed(AccountResumed resumed) {
    jdbc.sql(
            "UPDATE account_sending SET next_send_at = NULL, wait_reason = NULL WHERE account_id = :id")
        .param("id", resumed.account().value())
        .update();
  }

  /** Claiming has to know how many connections the provider of its present settings allows. */
  @EventListener
  @Transactional
  public void changed(AccountChanged change) {
    accounts
        .find(change.account())
        .ifPresent(
            account -> {
              AccountSending now = of(account);
              Integer most = most(now.ownConnections(), preset(account).orElse(null));
              if (most != null) {
                ensure(account.id());
              }
              jdbc.sql(
                      "UPDATE account_sending SET most_connections = :most WHERE account_id = :id"
                          + " AND most_connections IS DISTINCT FROM :most::int")
                  .param("id", account.id().value())
                  .param("most", most)
                  .update();
            });
  }

  private void ensure(AccountId account) {
    jdbc.sql(
            "INSERT INTO account_sending (account_id) VALUES (:id) ON CONFLICT (account_id) DO NOTHING")
        .param("id", account.value())
        .update();
  }

  private AccountSending read(ResultSet row, @Nullable LimitPreset preset) throws SQLException {
    Map<SendingLimit, Integer> own = new EnumMap<>(SendingLimit.class);
    for (SendingLimit limit : SendingLimit.values()) {
      Integer amount = (Integer) row.getObject(limit.column());
      if (amount != null) {
        own.put(limit, amount);
      }
    }
    boolean waits = row.getBoolean("waits");
    return sending(
        preset,
        new SendingLimits(own),
        (Integer) row.getObject("connections"),
        waits ? SqlTimestamps.read(row, "next_send_at") : null,
        waits ? row.getString("wait_reason") : null);
  }

  private static AccountSending sending(
      @Nullable LimitPreset preset,
      SendingLimits own,
      @Nullable Integer connections,
      @Nullable Instant nextSendAt,
      @Nullable String waitReason) {
    return new AccountSending(
        preset == null ? null : preset.name(),
        own,
        own.orElse(preset == null ? SendingLimits.NONE : preset.limits()),
        most(connections, preset),
        connections,
        nextSendAt,
        waitReason);
  }

  private static @Nullable Integer most(@Nullable Integer own, @Nullable LimitPreset preset) {
    return own != null || preset == null ? own : Integer.valueOf(preset.connections());
  }

  private static Optional<LimitPreset> preset(Account account) {
    ServerSettings smtp = account.settings().side(Protocol.SMTP);
    return smtp == null ? Optional.empty() : LimitPreset.of(smtp.host(), account.address());
  }
}
