package org.byoemail.outbound.draft;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.account.connection.SpecialFolder;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.draft.DraftCopies.Copy;
import org.byoemail.outbound.foldercopy.CopyRuns;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Mirrors drafts to the Drafts folders of the accounts that want it, one way only: what is changed
 * in a folder is not read. Called by routes; safe for use by many threads and nodes.
 */
@Component("draftMirror")
public class DraftMirror {
  private static final Logger log = LoggerFactory.getLogger(DraftMirror.class);
  private static final int MAX_ACCOUNTS = 50;
  private static final int MAX_DRAFTS = 10;

  private final DraftsFolders folders;
  private final DraftCopies copies;
  private final DraftMail mails;
  private final CopyRuns runs;

  DraftMirror(DraftsFolders folders, DraftCopies copies, DraftMail mails, CopyRuns runs) {
    this.folders = folders;
    this.copies = copies;
    this.mails = mails;
    this.runs = runs;
  }

  /** Accounts with drafts to store, replace or remove. */
  public List<AccountId> due() {
    return copies.queue().accountsDue(MAX_ACCOUNTS);
  }

  /** Stores, replaces and removes the copies of some drafts of one account. */
  public void mirror(AccountId id) {
    runs.run(
        id,
        SpecialFolder.DRAFTS,
        copies.queue(),
        MAX_DRAFTS,
        (connection, claimed) -> {
          try (DraftsFolder folder = new DraftsFolder(connection, folders.of(id).folder())) {
            claimed.forEach(copy -> mirror(folder, copy));
          }
        });
  }

  private void mirror(DraftsFolder folder, Copy copy) throws MessagingException {
    if (copy.folder() != null && !copy.folder().equals(folder.name())) {
      folder.remove(copy.draft(), copy.folder());
    }
    Draft draft = copies.wanted(copy).orElse(null);
    if (draft == null) {
      if (folder.remove(copy.draft(), folder.name())) {
        copies.queue().count("removed");
      }
      copies.removed(copy);
      return;
    }
    MimeMessage mail;
    try {
      mail = mails.compose(draft);
    } catch (IllegalArgumentException | SubmissionRejected | MessagingException e) {
      log.error("cannot compose draft {}", copy.draft(), e);
      copies.queue().failed(copy, "it cannot be composed");
      return;
    }
    try {
      boolean stored = folder.store(draft.id(), draft.version(), draft.changedAt(), mail::writeTo);
      copies.queue().count(stored ? "appended" : "found");
      copies.stored(copy, folder.name());
    } catch (ImapRefused e) {
      // A problem of this mail only, such as a quota or its size: the others continue.
      copies.queue().failed(copy, String.valueOf(e.getMessage()));
    }
  }
}
