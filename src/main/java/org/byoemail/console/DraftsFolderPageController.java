package org.byoemail.console;

import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.draft.DraftsFolders;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The form for the Drafts folder on the page of an account. */
@Controller
class DraftsFolderPageController {
  private final Accounts accounts;
  private final DraftsFolders folders;

  DraftsFolderPageController(Accounts accounts, DraftsFolders folders) {
    this.accounts = accounts;
    this.folders = folders;
  }

  @PostMapping("/console/accounts/{id}/drafts-folder")
  String set(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "false") boolean mirrorDrafts,
      @RequestParam(required = false) @Nullable String folder,
      RedirectAttributes flash) {
    Account account =
        accounts.find(new AccountId(id)).orElseThrow(() -> new ResourceNotFound("account"));
    return FlashActions.run(
        flash,
        "/console/accounts/" + id,
        mirrorDrafts
            ? "Saved: drafts are mirrored to the Drafts folder."
            : "Saved: no drafts are mirrored to the Drafts folder.",
        () -> folders.set(account, mirrorDrafts, folder));
  }
}
