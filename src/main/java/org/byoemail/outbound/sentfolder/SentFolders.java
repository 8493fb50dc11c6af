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
import org.byoemail.outbound.foldercopy.FolderSetting;
import org.byoemail.outbound.foldercopy.FolderSetting.State;
import org.byoemail.outbound.foldercopy.FolderSettingRefused;
import org.byoemail.platform.audit.AuditLog;
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
  private static final Duration CACHED_FOR = Duration.ofSeconds(10);

  private final JdbcClient jdbc;
  private final FolderSetting setting;
  private final Clock clock;
  private volatile Cached cached = new Cached(Set.of(), Instant.MIN);

  private record Cached(Set<UUID> enabled, Instant until) {}

  SentFolders(JdbcClient jdbc, Clock clock, AuditLog audit) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.setting =
        new FolderSetting(
            jdbc,
            audit,
            new FolderSetting.Definition(
                "account_sent_folder",
                "enabled",
                """
                INSERT INTO account_sent_folder (account_id, enabled, folder) VALUES (:account, :enabled, :folder)
                ON CONFLICT (account_id) DO UPDATE SET enabled = :enabled, folder = :folder
                """,
                "sent_copy",
                "message_id",
                "enabled",
                "account.sent_folder_changed"));
  }

  /** The setting of the account and the state of its copies. */
  public State of(AccountId account) {
    return setting.of(account);
  }

  /**
   * Changes the setting of an account. Other nodes apply it within seconds.
   *
   * @param folder null or blank: detected
   * @throws FolderSettingRefused if the setting is not valid
   */
  @Transactional
  public void set(Account account, boolean enabled, @Nullable String folder) {
    if (enabled && (isGmail(account, Protocol.IMAP) || isGmail(account, Protocol.SMTP))) {
      throw new FolderSettingRefused("enabled", "is not needed: Gmail keeps what it sends");
    }
    setting.set(account, enabled, folder);
    cached = new Cached(Set.of(), Instant.MIN);
  }

  private static boolean isGmail(Account account, Protocol protocol) {
    ServerSettings server = account.settings().side(protocol);
    String host = server == null ? "" : server.host().toLowerCase(Locale.ROOT);
    return host.endsWith(".gmail.com") || host.endsWith(".googlemail.com");
  }

  /** Whether one of these accounts stores copies; cached for a few seconds. */
  boolean enabledForAny(Collection<AccountId> accounts) {
    Cached now = cached;
    if (!now.until().isAfter(clock.instant())) {
      now =
          new Cached(
              new HashSet<>(
                  jdbc.sql("SELECT account_id FROM account_sent_folder WHERE enabled")
                      .query(UUID.class)
                      .list()),
              clock.instant().plus(CACHED_FOR));
      cached = now;
    }
    Set<UUID> enabled = now.enabled();
    return accounts.stream().anyMatch(account -> enabled.contains(account.value()));
  }
}
