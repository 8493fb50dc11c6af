package org.byoemail.console;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.outbound.delivery.AccountLimits;
import org.byoemail.outbound.sentfolder.SentFolders;
import org.byoemail.setup.AccountSetup;
import org.byoemail.setup.AccountState;
import org.byoemail.setup.AccountSwitches;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The accounts: how they fare, and the buttons. */
@Controller
@RequestMapping("/console/accounts")
class AccountPages {
  private static final int PAGE = 50;

  private final AccountSetup setup;
  private final AccountSwitches switches;
  private final Agents agents;
  private final AccountLimits limits;
  private final SelectOptions options;
  private final SentFolders sentFolders;

  AccountPages(
      AccountSetup setup,
      AccountSwitches switches,
      Agents agents,
      AccountLimits limits,
      SelectOptions options,
      SentFolders sentFolders) {
    this.sentFolders = sentFolders;
    this.options = options;
    this.limits = limits;
    this.setup = setup;
    this.switches = switches;
    this.agents = agents;
  }

  /** A connection test as the page shows it. */
  record TestView(String what, ConnectionTest test) {}

  @GetMapping
  String list(@RequestParam(required = false) @Nullable UUID after, Model model) {
    Slice<AccountState> slice = Slice.of(setup.list(null, after, PAGE + 1), PAGE);
    List<AccountView> accounts = views(slice.rows());
    model.addAttribute("accounts", accounts);
    model.addAttribute("next", slice.hasMore() ? accounts.get(PAGE - 1).id() : null);
    return "accounts/list";
  }

  @GetMapping("/{id}")
  String show(@PathVariable UUID id, Model model) {
    AccountState state = find(id);
    model.addAttribute("account", views(List.of(state)).get(0));
    model.addAttribute("limits", LimitsView.of(limits.of(state.account())));
    model.addAttribute("sentFolder", sentFolders.of(state.account().id()));
    model.addAttribute(
        "bounceAccount", state.bounceAccount() == null ? null : state.bounceAccount().value());
    model.addAttribute(
        "others",
        options.accounts(state.account().organization(), state.bounceAccount()).stream()
            .filter(other -> !other.id().equals(id))
            .toList());
    return "accounts/show";
  }

  @PostMapping("/{id}/bounce-account")
  String setBounceAccount(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable UUID bounceAccount,
      RedirectAttributes flash) {
    Account account = find(id).account();
    AccountId other = bounceAccount == null ? null : new AccountId(bounceAccount);
    return FlashActions.act(
        flash, place(id), "Saved.", () -> setup.setBounceAccount(account, other));
  }

  @PostMapping("/{id}/test/{side}")
  String test(@PathVariable UUID id, @PathVariable String side, RedirectAttributes flash) {
    Account account = find(id).account();
    Protocol tested = side(side);
    String what = tested.word().toUpperCase(Locale.ROOT);
    return FlashActions.act(
        flash,
        place(id),
        null,
        () -> flash.addFlashAttribute("test", new TestView(what, switches.test(account, tested))));
  }

  @PostMapping("/{id}/enable/{side}")
  String enable(@PathVariable UUID id, @PathVariable String side, RedirectAttributes flash) {
    return flip(id, side(side), true, flash);
  }

  @PostMapping("/{id}/disable/{side}")
  String disable(@PathVariable UUID id, @PathVariable String side, RedirectAttributes flash) {
    return flip(id, side(side), false, flash);
  }

  @PostMapping("/{id}/poll")
  String poll(@PathVariable UUID id, RedirectAttributes flash) {
    Account account = find(id).account();
    return FlashActions.act(
        flash, place(id), "The mailbox is looked into now.", () -> switches.poll(account));
  }

  @PostMapping("/{id}/pause")
  String pause(@PathVariable UUID id, RedirectAttributes flash) {
    Account account = find(id).account();
    return FlashActions.act(
        flash, place(id), "Paused: its mail waits.", () -> switches.pause(account));
  }

  @PostMapping("/{id}/resume")
  String resume(@PathVariable UUID id, RedirectAttributes flash) {
    Account account = find(id).account();
    return FlashActions.act(flash, place(id), "Resumed.", () -> switches.resume(account));
  }

  @PostMapping("/{id}/delete")
  String delete(@PathVariable UUID id, RedirectAttributes flash) {
    Account account = find(id).account();
    return FlashActions.act(
        flash,
        "/console/accounts",
        "The account of " + account.address() + " is deleted; its messages stay.",
        () -> setup.delete(account));
  }

  private String flip(UUID id, Protocol side, boolean enabled, RedirectAttributes flash) {
    Account account = find(id).account();
    boolean smtp = side == Protocol.SMTP;
    return FlashActions.act(
        flash,
        place(id),
        (smtp ? "Sending is " : "Receiving is ") + (enabled ? "enabled." : "disabled."),
        () -> setup.change(account, null, smtp ? enabled : null, smtp ? null : enabled));
  }

  private AccountState find(UUID id) {
    return setup.find(new AccountId(id)).orElseThrow(() -> new PageNotFound("account"));
  }

  private List<AccountView> views(List<AccountState> states) {
    Map<AgentId, String> names =
        agents
            .find(states.stream().map(state -> state.account().agent()).distinct().toList())
            .stream()
            .collect(Collectors.toMap(Agent::id, Agent::name));
    return states.stream()
        .map(
            state ->
                AccountView.of(state, names.getOrDefault(state.account().agent(), "deleted agent")))
        .toList();
  }

  private static Protocol side(String word) {
    return switch (word) {
      case "smtp" -> Protocol.SMTP;
      case "imap" -> Protocol.IMAP;
      default -> throw new PageNotFound("side");
    };
  }

  private static String place(UUID id) {
    return "/console/accounts/" + id;
  }
}
