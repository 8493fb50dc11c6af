package org.byoemail.console;

import org.byoemail.account.connection.ConnectionFailed;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.oauth.OAuthFailed;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.inbound.mailbox.BaselineFailed;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.foldercopy.FolderSettingRefused;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Runs the action of a button and shows the result on the next page, as a flash attribute. */
final class FlashActions {
  private FlashActions() {}

  /**
   * Runs an action.
   *
   * @param path of the next page
   * @param done the message of success; null if the action adds its own
   * @return the redirect to the next page
   */
  static String run(RedirectAttributes flash, String path, @Nullable String done, Runnable action) {
    try {
      action.run();
      if (done != null) {
        flash.addFlashAttribute("done", done);
      }
    } catch (StateConflict
        | ConnectionFailed
        | BaselineFailed
        | TooManyTests
        | OAuthFailed
        | FieldsRefused
        | FolderSettingRefused
        | SubmissionRejected e) {
      flash.addFlashAttribute("refused", e.getMessage());
    }
    return "redirect:" + path;
  }
}
