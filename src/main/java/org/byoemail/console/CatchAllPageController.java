package org.byoemail.console;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.AliasSetup;
import org.byoemail.operations.setup.CatchAllDraft;
import org.byoemail.operations.setup.CatchAllSetup;
import org.byoemail.operations.setup.CatchAllState;
import org.byoemail.platform.access.ResourceNotFound;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The catch-all domains on the page of an account. */
@Controller
@RequestMapping("/console/accounts/{id}/catch-all")
class CatchAllPageController {
  private final AccountSetup accounts;
  private final CatchAllSetup catchAlls;
  private final AliasSetup aliases;

  CatchAllPageController(AccountSetup accounts, CatchAllSetup catchAlls, AliasSetup aliases) {
    this.accounts = accounts;
    this.catchAlls = catchAlls;
    this.aliases = aliases;
  }

  /** Adds a domain or sets its rules, one per line: a pattern and the id of an agent. */
  @PostMapping
  String save(
      @PathVariable UUID id,
      @RequestParam String domain,
      @RequestParam(defaultValue = "account") String unmatched,
      @RequestParam(defaultValue = "") String rules,
      RedirectAttributes flash) {
    Account account = find(id);
    List<CatchAllDraft.Rule> read =
        rules
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .map(CatchAllPageController::rule)
            .toList();
    List<CatchAllDraft> drafts = others(account, domain);
    drafts.add(new CatchAllDraft(domain, unmatched, List.copyOf(read)));
    return FlashActions.run(
        flash, path(id), "Saved.", () -> catchAlls.set(account, List.copyOf(drafts)));
  }

  @PostMapping("/remove")
  String remove(@PathVariable UUID id, @RequestParam String domain, RedirectAttributes flash) {
    Account account = find(id);
    return FlashActions.run(
        flash,
        path(id),
        "Removed.",
        () -> catchAlls.set(account, List.copyOf(others(account, domain))));
  }

  @PostMapping("/prove")
  String prove(
      @PathVariable UUID id,
      @RequestParam String domain,
      @RequestParam String by,
      RedirectAttributes flash) {
    Account account = find(id);
    boolean dns = by.equals("dns");
    return FlashActions.run(
        flash,
        path(id),
        dns ? "The TXT record was looked up." : "A probe was sent. Reload this page in a minute.",
        () -> {
          if (dns) {
            catchAlls.proveByDns(account, domain);
          } else {
            aliases.prove(account, catchAlls.aliasOf(account, domain).value());
          }
        });
  }

  private List<CatchAllDraft> others(Account account, String domain) {
    List<CatchAllDraft> others = new ArrayList<>();
    for (CatchAllState state : catchAlls.of(account)) {
      if (!state.domain().domain().equalsIgnoreCase(domain.strip())) {
        others.add(
            new CatchAllDraft(
                state.domain().domain(),
                state.domain().refuseUnmatched() ? "refuse" : "account",
                state.domain().rules().stream()
                    .map(
                        rule ->
                            new CatchAllDraft.Rule(
                                rule.pattern().toString(), rule.agent().toString()))
                    .toList()));
      }
    }
    return others;
  }

  private static CatchAllDraft.Rule rule(String line) {
    String[] parts = line.split("\\s+", 2);
    return new CatchAllDraft.Rule(parts[0], parts.length < 2 ? "" : parts[1].strip());
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
