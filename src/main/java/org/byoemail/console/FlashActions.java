package org.byoemail.console;

import org.byoemail.account.connection.ConnectionFailed;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.registry.AccountExists;
import org.byoemail.account.registry.EndpointTaken;
import org.byoemail.account.registry.NotVerified;
import org.byoemail.inbound.ingest.RetryRefused;
import org.byoemail.inbound.mailbox.BaselineFailed;
import org.byoemail.inbound.mailbox.MailboxTaken;
import org.byoemail.outbound.delivery.DeliveryConflict;
import org.byoemail.outbound.sentfolder.SentFolderRefusal;
import org.byoemail.outbound.submission.SubmissionConflict;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.setup.FieldsRefused;
import org.byoemail.setup.SetupConflict;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Does what a button asks for, and tells on the next page how it went. */
final class FlashActions {
  private FlashActions() {}

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
        | DeliveryConflict
        | SentFolderRefusal
        | SubmissionRejected
        | SubmissionConflict
        | RetryRefused e) {
      flash.addFlashAttribute("refused", e.getMessage());
    }
    return "redirect:" + back;
  }
}
