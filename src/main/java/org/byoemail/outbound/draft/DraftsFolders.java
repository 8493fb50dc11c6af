package org.byoemail.outbound.draft;

import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.audit.ChangedFields;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Which accounts have their drafts mirrored to their Drafts folder, and the state of the copies.
 * Safe for use by many threads and nodes.
 */
@Repository
public class DraftsFolders {
  private static final int MAX_NAME = 500;

  private final JdbcClient jdbc;
  private final DraftCopies copies;
  private final AuditLog audit;

  DraftsFolders(JdbcClient jdbc, DraftCopies copies, AuditLog audit) {
    this.jdbc = jdbc;
    this.copies = copies;
    this.audit = audit;
  }

  /**
   * The setting of an account and the state of its copies.
   *
   * @param folder its name; null: detected by its special use (RFC 6154) or its name
   * @param waiting the number of copies to be stored, replaced or removed
   * @param givenUp the number of copies for which that failed
   * @param error of one of those
   */
  public record State(
      boolean mirrorDrafts,
      @Nullable String folder,
      int waiting,
      int givenUp,
      @Nullable String error) {}

  /** The setting of the account and the state of its copies. */
  public State of(AccountId account) {
    return jdbc.sql(
            """
            SELECT coalesce(s.mirrored, false) AS mirrored, s.folder,
              count(*) FILTER (WHERE c.status = 'waiting') AS waiting,
              count(*) FILTER (WHERE c.status = 'given_up') AS given_up, max(c.error) AS error
            FROM agent_email_account a LEFT JOIN account_drafts_folder s ON s.account_id = a.id
              LEFT JOIN draft_copy c ON c.account_id = a.id AND c.status <> 'done'
            WHERE a.id = :account
            GROUP BY s.mirrored, s.folder
            """)
        .param("account", account.value())
        .query(
            (row, number) ->
                new State(
                    row.getBoolean("mirrored"),
                    row.getString("folder"),
                    row.getInt("waiting"),
                    row.getInt("given_up"),
                    row.getString("error")))
        .optional()
        .orElse(new State(false, null, 0, 0, null));
  }

  /**
   * Changes the setting of an account: its drafts are stored, moved or removed soon afterwards.
   *
   * @param folder null or blank: detected
   * @throws DraftsFolderRefusal if the setting is not valid
   */
  @Transactional
  public void set(Account account, boolean mirrorDrafts, @Nullable String folder) {
    String name = folder == null || folder.isBlank() ? null : folder;
    if (name != null
        && (name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl))) {
      throw new DraftsFolderRefusal("folder", "must be the name of a mail folder");
    }
    if (mirrorDrafts && account.settings().imap() == null) {
      throw new DraftsFolderRefusal("mirrorDrafts", "needs an account with IMAP settings");
    }
    State before = of(account.id());
    jdbc.sql(
            """
            INSERT INTO account_drafts_folder (account_id, mirrored, folder) VALUES (:account, :mirrored, :folder)
            ON CONFLICT (account_id) DO UPDATE SET mirrored = :mirrored, folder = :folder
            """)
        .param("account", account.id().value())
        .param("mirrored", mirrorDrafts)
        .param("folder", name)
        .update();
    copies.compareAll(account.id());
    ChangedFields changed =
        new ChangedFields()
            .compare("mirrorDrafts", before.mirrorDrafts(), mirrorDrafts)
            .compare("folder", before.folder(), name);
    if (!changed.isEmpty()) {
      audit.record(
          "account.drafts_folder_changed",
          account.id().value(),
          account.organization(),
          changed.details());
    }
  }
}
