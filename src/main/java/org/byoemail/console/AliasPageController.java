package org.byoemail.console;

import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.AliasSetup;
import org.byoemail.platform.access.ResourceNotFound;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The aliases on the page of an account. */
@Controller
@RequestMapping("/console/accounts/{id}/aliases")
class AliasPageController {
  private final AccountSetup accounts;
  private final AliasSetup aliases;

  AliasPageController(AccountSetup accounts, AliasSetup aliases) {
    this.accounts = accounts;
    this.aliases = aliases;
  }

  @PostMapping
  String set(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "") String addresses,
      @RequestParam(defaultValue = "false") boolean plus,
      RedirectAttributes flash) {
    Account account = find(id);
    List<String> lines =
        addresses.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    return FlashActions.run(
        flash, path(id), "Saved.", () -> aliases.set(account, List.copyOf(lines), plus));
  }

  @PostMapping("/prove")
  String prove(@PathVariable UUID id, @RequestParam String address, RedirectAttributes flash) {
    Account account = find(id);
    return FlashActions.run(
        flash,
        path(id),
        "A probe was sent. Reload this page in a minute.",
        () -> aliases.prove(account, address));
  }

  private Account find(UUID id) {
    return accounts
        .find(new AccountId(id))
        .map(AccountState::account)
        .orElseThrow(() -> new ResourceNotFound("account"));
  }

  private static String path(UUID id) {
    return "/console/accounts/" + id;
  }
}
