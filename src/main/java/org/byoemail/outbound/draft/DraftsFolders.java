package org.byoemail.outbound.draft;

import org.byoemail.account.registry.Account;
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
 * Which accounts have their drafts mirrored to their Drafts folder, and the state of the copies.
 * Safe for use by many threads and nodes.
 */
@Repository
public class DraftsFolders {
  private final FolderSetting setting;
  private final DraftCopies copies;

  DraftsFolders(JdbcClient jdbc, DraftCopies copies, AuditLog audit) {
    this.copies = copies;
    this.setting =
        new FolderSetting(
            jdbc,
            audit,
            new FolderSetting.Definition(
                "account_drafts_folder",
                "mirrored",
                """
                INSERT INTO account_drafts_folder (account_id, mirrored, folder) VALUES (:account, :enabled, :folder)
                ON CONFLICT (account_id) DO UPDATE SET mirrored = :enabled, folder = :folder
                """,
                "draft_copy",
                "draft_id",
                "mirrorDrafts",
                "account.drafts_folder_changed"));
  }

  /** The setting of the account and the state of its copies. */
  public State of(AccountId account) {
    return setting.of(account);
  }

  /**
   * Changes the setting of an account: its drafts are stored, moved or removed soon afterwards.
   *
   * @param folder null or blank: detected
   * @throws FolderSettingRefused if the setting is not valid
   */
  @Transactional
  public void set(Account account, boolean mirrorDrafts, @Nullable String folder) {
    setting.set(account, mirrorDrafts, folder);
    copies.compareAll(account.id());
  }
}
