package org.byoemail.outbound.sentfolder;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.audit.ChangedFields;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Which accounts store copies in their Sent folder, and the state of the copies. Safe for use by
 * many threads and nodes.
 */
@Repository
public class SentFolders {
  private static final Duration KNOWN_FOR = Duration.ofSeconds(10);
  private static final int MAX_NAME = 500;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final AuditLog audit;
  private volatile Known known = new Known(Set.of(), Instant.MIN);

  private record Known(Set<UUID> enabled, Instant until) {}

  SentFolders(JdbcClient jdbc, Clock clock, AuditLog audit) {
    this.audit = audit;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * The setting of an account and the state of its copies.
   *
   * @param folder its name; null: detected by its special use (RFC 6154) or its name
   * @param waiting the number of copies still to be stored
   * @param givenUp the number of copies that could not be stored
   * @param error of the newest copy that failed
   */
  public record State(
      boolean enabled, @Nullable String folder, int waiting, int givenUp, @Nullable String error) {}

  /** The setting of the account and the state of its copies. */
  public State of(AccountId account) {
    return jdbc.sql(
            """
            SELECT coalesce(s.enabled, false) AS enabled, s.folder,
              (SELECT count(*) FROM sent_copy c WHERE c.account_id = a.id AND c.status = 'waiting') AS waiting,
              (SELECT count(*) FROM sent_copy c WHERE c.account_id = a.id AND c.status = 'given_up') AS given_up,
              (SELECT c.error FROM sent_copy c WHERE c.account_id = a.id AND c.error IS NOT NULL
                AND c.status <> 'done' ORDER BY c.message_id DESC LIMIT 1) AS error
            FROM agent_email_account a LEFT JOIN account_sent_folder s ON s.account_id = a.id
            WHERE a.id = :account
            """)
        .param("account", account.value())
        .query(
            (row, number) ->
                new State(
                    row.getBoolean("enabled"),
                    row.getString("folder"),
                    row.getInt("waiting"),
                    row.getInt("given_up"),
                    row.getString("error")))
        .optional()
        .orElse(new State(false, null, 0, 0, null));
  }

  /**
   * Changes the setting of an account. Other nodes apply it within seconds.
   *
   * @param folder null or blank: detected
   * @throws SentFolderRefusal if the setting is not valid
   */
  @Transactional
  public void set(Account account, boolean enabled, @Nullable String folder) {
    String name = folder == null || folder.isBlank() ? null : folder;
    if (name != null
        && (name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl))) {
      throw new SentFolderRefusal("folder", "must be the name of a mail folder");
    }
    if (enabled && account.settings().imap() == null) {
      throw new SentFolderRefusal("enabled", "needs an account with IMAP settings");
    }
    if (enabled && (isGmail(account, Protocol.IMAP) || isGmail(account, Protocol.SMTP))) {
      throw new SentFolderRefusal("enabled", "is of no use: Gmail keeps what it sends itself");
    }
    State before = of(account.id());
    jdbc.sql(
            """
            INSERT INTO account_sent_folder (account_id, enabled, folder) VALUES (:account, :enabled, :folder)
            ON CONFLICT (account_id) DO UPDATE SET enabled = :enabled, folder = :folder
            """)
        .param("account", account.id().value())
        .param("enabled", enabled)
        .param("folder", name)
        .update();
    ChangedFields changed =
        new ChangedFields()
            .compare("enabled", before.enabled(), enabled)
            .compare("folder", before.folder(), name);
    if (!changed.isEmpty()) {
      audit.record(
          "account.sent_folder_changed",
          account.id().value(),
          account.organization(),
          changed.details());
    }
    known = new Known(Set.of(), Instant.MIN);
  }

  static boolean isGmail(Account account, Protocol protocol) {
    ServerSettings server = account.settings().side(protocol);
    String host = server == null ? "" : server.host().toLowerCase(Locale.ROOT);
    return host.endsWith(".gmail.com") || host.endsWith(".googlemail.com");
  }

  /** Whether one of these accounts stores copies; cached for a few seconds. */
  boolean wantedByAny(Collection<AccountId> accounts) {
    Known now = known;
    if (!now.until().isAfter(clock.instant())) {
      now =
          new Known(
              new HashSet<>(
                  jdbc.sql("SELECT account_id FROM account_sent_folder WHERE enabled")
                      .query(UUID.class)
                      .list()),
              clock.instant().plus(KNOWN_FOR));
      known = now;
    }
    Set<UUID> enabled = now.enabled();
    return accounts.stream().anyMatch(account -> enabled.contains(account.value()));
  }
}
