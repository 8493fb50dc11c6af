package org.byoemail.outbound.foldercopy;

import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.audit.ChangedFields;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whether accounts keep copies in a folder, in which one, and the state of the copies. Safe for use
 * by many threads and nodes.
 */
public final class FolderSetting {
  private static final int MAX_NAME = 500;

  private final JdbcClient jdbc;
  private final AuditLog audit;
  private final Definition definition;

  /** Reads and writes the settings of one kind of folder. */
  public FolderSetting(JdbcClient jdbc, AuditLog audit, Definition definition) {
    this.jdbc = jdbc;
    this.audit = audit;
    this.definition = definition;
  }

  /**
   * Where the settings and the copies are stored.
   *
   * @param settings table with {@code account_id} and {@code folder}
   * @param column of that table: whether copies are kept
   * @param upsert statement that writes a setting, with {@code :account}, {@code :enabled} and
   *     {@code :folder}: with the table's name as a literal, so that TableWritersTest finds it
   * @param copies table with {@code account_id}, {@code status} and {@code error}
   * @param idColumn of that table, which sorts the newest copies last
   * @param field name of the switch in the API and the audit log
   * @param action recorded in the audit log for a change
   */
  public record Definition(
      String settings,
      String column,
      String upsert,
      String copies,
      String idColumn,
      String field,
      String action) {}

  /**
   * The setting of an account and the state of its copies.
   *
   * @param folder its name; null: detected by its special use (RFC 6154) or its name
   * @param waiting the number of copies to be stored, replaced or removed
   * @param givenUp the number of copies that failed for good
   * @param error of the newest of the copies that were given up
   */
  public record State(
      boolean enabled, @Nullable String folder, int waiting, int givenUp, @Nullable String error) {}

  /** The setting of the account and the state of its copies. */
  public State of(AccountId account) {
    return jdbc.sql(
            """
            SELECT coalesce(s.%s, false) AS enabled, s.folder, c.*
            FROM agent_email_account a LEFT JOIN %s s ON s.account_id = a.id
              CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE status = 'waiting') AS waiting,
                count(*) FILTER (WHERE status = 'given_up') AS given_up,
                (array_agg(error ORDER BY %s DESC) FILTER (WHERE error IS NOT NULL))[1] AS error
                FROM %s WHERE account_id = a.id AND status <> 'done') c
            WHERE a.id = :account
            """
                .formatted(
                    definition.column(),
                    definition.settings(),
                    definition.idColumn(),
                    definition.copies()))
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
   * Changes the setting of an account, in the caller's transaction.
   *
   * @param folder null or blank: detected
   * @throws FolderSettingRefused if the setting is not valid
   */
  public void set(Account account, boolean enabled, @Nullable String folder) {
    String name = folder == null || folder.isBlank() ? null : folder;
    if (name != null
        && (name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl))) {
      throw new FolderSettingRefused("folder", "must be the name of a mail folder");
    }
    if (enabled && account.settings().imap() == null) {
      throw new FolderSettingRefused(definition.field(), "needs an account with IMAP settings");
    }
    State before = of(account.id());
    jdbc.sql(definition.upsert())
        .param("account", account.id().value())
        .param("enabled", enabled)
        .param("folder", name)
        .update();
    ChangedFields changed =
        new ChangedFields()
            .compare(definition.field(), before.enabled(), enabled)
            .compare("folder", before.folder(), name);
    if (!changed.isEmpty()) {
      audit.record(
          definition.action(), account.id().value(), account.organization(), changed.details());
    }
  }
}
