package org.byoemail.console;

import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.draft.DraftsFolders;
import org.byoemail.outbound.sentfolder.SentFolders;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The forms for the Sent folder and the Drafts folder on the page of an account. */
@Controller
@RequestMapping("/console/accounts/{id}")
class AccountFoldersPageController {
  private final Accounts accounts;
  private final SentFolders sent;
  private final DraftsFolders drafts;

  AccountFoldersPageController(Accounts accounts, SentFolders sent, DraftsFolders drafts) {
    this.accounts = accounts;
    this.sent = sent;
    this.drafts = drafts;
  }

  @PostMapping("/sent-folder")
  String setSentFolder(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "false") boolean enabled,
      @RequestParam(required = false) @Nullable String folder,
      RedirectAttributes flash) {
    Account account = find(id);
    return FlashActions.run(
        flash,
        "/console/accounts/" + id,
        enabled
            ? "Saved: copies of sent mails are stored in the Sent folder."
            : "Saved: no copies are stored in the Sent folder.",
        () -> sent.set(account, enabled, folder));
  }

  @PostMapping("/drafts-folder")
  String setDraftsFolder(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "false") boolean mirrorDrafts,
      @RequestParam(required = false) @Nullable String folder,
      RedirectAttributes flash) {
    Account account = find(id);
    return FlashActions.run(
        flash,
        "/console/accounts/" + id,
        mirrorDrafts
            ? "Saved: drafts are mirrored to the Drafts folder."
            : "Saved: no drafts are mirrored to the Drafts folder.",
        () -> drafts.set(account, mirrorDrafts, folder));
  }

  private Account find(UUID id) {
    return accounts.find(new AccountId(id)).orElseThrow(() -> new ResourceNotFound("account"));
  }
}
