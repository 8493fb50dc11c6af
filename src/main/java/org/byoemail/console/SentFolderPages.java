package org.byoemail.console;

import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.sentfolder.SentFolders;
import org.byoemail.setup.AccountSetup;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Whether an account's Sent folder gets copies of what it sent. */
@Controller
class SentFolderPages {
  private final AccountSetup setup;
  private final SentFolders folders;

  SentFolderPages(AccountSetup setup, SentFolders folders) {
    this.setup = setup;
    this.folders = folders;
  }

  @PostMapping("/console/accounts/{id}/sent-folder")
  String set(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "false") boolean enabled,
      @RequestParam(required = false) @Nullable String folder,
      RedirectAttributes flash) {
    Account account =
        setup.find(new AccountId(id)).orElseThrow(() -> new PageNotFound("account")).account();
    return FlashActions.act(
        flash,
        "/console/accounts/" + id,
        enabled
            ? "Saved: copies of what it sends are put into its Sent folder."
            : "Saved: nothing is put into its Sent folder.",
        () -> folders.set(account, enabled, folder));
  }
}
