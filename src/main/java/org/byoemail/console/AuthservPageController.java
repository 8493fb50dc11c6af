package org.byoemail.console;

import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.AuthservSetup;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The authserv-id of the receiving server on the page of an account. */
@Controller
@RequestMapping("/console/accounts/{id}/authserv-id")
class AuthservPageController {
  private final AccountSetup accounts;
  private final AuthservSetup authserv;
  private final AccountChoices choices;

  AuthservPageController(AccountSetup accounts, AuthservSetup authserv, AccountChoices choices) {
    this.accounts = accounts;
    this.authserv = authserv;
    this.choices = choices;
  }

  @PostMapping
  String trust(
      @PathVariable UUID id,
      @RequestParam String authservId,
      @RequestParam(defaultValue = "false") boolean withoutProof,
      RedirectAttributes flash) {
    Account account = find(id);
    return FlashActions.run(
        flash, path(id), "Trusted.", () -> authserv.trust(account, authservId, withoutProof));
  }

  @PostMapping("/withdraw")
  String withdraw(@PathVariable UUID id, RedirectAttributes flash) {
    Account account = find(id);
    return FlashActions.run(flash, path(id), "Withdrawn.", () -> authserv.withdraw(account));
  }

  @PostMapping("/probe")
  String probe(
      @PathVariable UUID id,
      @RequestParam String authservId,
      @RequestParam(required = false) @Nullable String address,
      RedirectAttributes flash) {
    Account account = find(id);
    return FlashActions.run(
        flash,
        path(id),
        "A probe was sent. Reload this page in a minute.",
        () -> {
          AccountId from = choices.require(account.organization(), address);
          authserv.probe(account, authservId, from == null ? null : from.value().toString());
        });
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
