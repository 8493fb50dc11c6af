package org.byoemail.console;

import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.AccountDeletion;
import org.byoemail.platform.access.ResourceNotFound;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Asks before it deletes an account, and says what becomes of its queued mail. */
@Controller
@RequestMapping("/console/accounts/{id}/delete")
class AccountDeletionPageController {
  private final Accounts accounts;
  private final AccountDeletion deletion;

  AccountDeletionPageController(Accounts accounts, AccountDeletion deletion) {
    this.accounts = accounts;
    this.deletion = deletion;
  }

  @GetMapping
  String ask(@PathVariable UUID id, Model model) {
    Account account = find(id);
    model.addAttribute("id", id);
    model.addAttribute("address", account.address().value());
    model.addAttribute("queued", AccountDeletion.explain(deletion.preview(account)));
    return "accounts/delete";
  }

  @PostMapping
  String delete(@PathVariable UUID id, RedirectAttributes flash) {
    Account account = find(id);
    return FlashActions.run(
        flash,
        "/console/accounts",
        null,
        () ->
            flash.addFlashAttribute(
                "done",
                "The account of "
                    + account.address()
                    + " is deleted. Its messages stay. "
                    + AccountDeletion.explain(deletion.delete(account))));
  }

  private Account find(UUID id) {
    return accounts.find(new AccountId(id)).orElseThrow(() -> new ResourceNotFound("account"));
  }
}
