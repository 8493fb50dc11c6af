package org.byoemail.console;

import org.byoemail.account.AccountExists;
import org.byoemail.account.EndpointTaken;
import org.byoemail.account.NotVerified;
import org.byoemail.connection.ConnectionFailed;
import org.byoemail.connection.TooManyTests;
import org.byoemail.inbound.NotRetried;
import org.byoemail.mailbox.BaselineFailed;
import org.byoemail.mailbox.MailboxTaken;
import org.byoemail.outbox.OutboxRefusal;
import org.byoemail.sentfolder.SentFolderRefusal;
import org.byoemail.setup.FieldsRefused;
import org.byoemail.setup.SetupConflict;
import org.byoemail.submission.SubmissionConflict;
import org.byoemail.submission.SubmissionRejected;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Does what a button asks for, and tells on the next page how it went. */
final class Deeds {
  private Deeds() {}

  /**
   * Does it.
   *
   * @param done what to say where it went well; null: nothing, or what the deed has said
   * @return the way back
   */
  static String act(RedirectAttributes flash, String back, @Nullable String done, Runnable deed) {
    try {
      deed.run();
      if (done != null) {
        flash.addFlashAttribute("done", done);
      }
    } catch (AccountExists
        | EndpointTaken
        | NotVerified
        | MailboxTaken
        | ConnectionFailed
        | BaselineFailed
        | SetupConflict
        | TooManyTests
        | FieldsRefused
        | OutboxRefusal
        | SentFolderRefusal
        | SubmissionRejected
        | SubmissionConflict
        | NotRetried e) {
      flash.addFlashAttribute("refused", e.getMessage());
    }
    return "redirect:" + back;
  }
}
