package org.byoemail.outbound.sentfolder;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.byoemail.account.connection.SpecialFolder;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.outbound.foldercopy.CopyRuns;
import org.springframework.stereotype.Component;

/**
 * Stores copies of sent mails in the Sent folders of the accounts that want it. It never sends a
 * mail, and a copy that is there, the server's own included, is not stored again. Called by routes;
 * safe for use by many threads and nodes.
 */
@Component("sentFolder")
public class SentFolderKeeper {
  private static final int MAX_ACCOUNTS = 50;
  private static final int MAX_COPIES = 10;

  private final SentFolders folders;
  private final SentCopies copies;
  private final CopyStorage storage;
  private final CopyRuns runs;

  SentFolderKeeper(SentFolders folders, SentCopies copies, CopyStorage storage, CopyRuns runs) {
    this.folders = folders;
    this.copies = copies;
    this.storage = storage;
    this.runs = runs;
  }

  /**
   * Plans the copies of attempts that have ended, in the transaction that records their results.
   *
   * @param by the accounts that some of them left by
   */
  public void plan(Set<AccountId> by, Collection<AttemptId> ended) {
    if (!by.isEmpty() && folders.enabledForAny(by)) {
      copies.plan(ended);
    }
  }

  /** Accounts with copies to store. */
  public List<AccountId> due() {
    return copies.queue().accountsDue(MAX_ACCOUNTS);
  }

  /** Stores some copies of one account. */
  public void keep(AccountId id) {
    runs.run(
        id,
        SpecialFolder.SENT,
        copies.queue(),
        MAX_COPIES,
        (connection, claimed) -> {
          if (SentFolder.isStoredByServer(connection)) {
            claimed.forEach(copies::done);
            return;
          }
          try (SentFolder folder = new SentFolder(connection, folders.of(id).folder())) {
            claimed.forEach(copy -> storage.store(folder, copy));
          }
        });
  }
}
