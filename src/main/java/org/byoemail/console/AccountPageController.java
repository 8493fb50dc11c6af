package org.byoemail.console;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFilter;
import org.byoemail.account.registry.AccountStatus;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.AccountSwitches;
import org.byoemail.outbound.delivery.AccountLimits;
import org.byoemail.outbound.limit.SendingLimit;
import org.byoemail.outbound.limit.SendingLimits;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The pages of the accounts: their health, and what an operator can do with them. */
@Controller
@RequestMapping("/console/accounts")
class AccountPageController {
  private static final int PAGE_SIZE = 50;

  private final AccountSetup setup;
  private final AccountSwitches switches;
  private final Agents agents;
  private final AccountLimits limits;
  private final AccountChoices choices;
  private final AccountPanels panels;

  AccountPageController(
      AccountSetup setup,
      AccountSwitches switches,
      Agents agents,
      AccountLimits limits,
      AccountChoices choices,
      AccountPanels panels) {
    this.panels = panels;
    this.choices = choices;
    this.limits = limits;
    this.setup = setup;
    this.switches = switches;
    this.agents = agents;
  }

  @GetMapping
  String list(
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable String address,
      @RequestParam(required = false) @Nullable UUID agent,
      @RequestParam(required = false) @Nullable UUID after,
      Model model) {
    AccountStatus requested =
        Arrays.stream(AccountStatus.values())
            .filter(one -> one.word().equals(status))
            .findFirst()
            .orElse(null);
    String part = address == null || address.isBlank() ? null : address.strip();
    Page<AccountState> page =
        Page.of(
            setup.list(
                new AccountFilter(
                    Viewer.organization(), requested, part, agent, after, PAGE_SIZE + 1)),
            PAGE_SIZE,
            state -> state.account().id(),
            Function.identity());
    model.addAttribute("status", requested == null ? null : requested.word());
    model.addAttribute(
        "statuses", Arrays.stream(AccountStatus.values()).map(AccountStatus::word).toList());
    model.addAttribute("address", part);
    model.addAttribute("agent", agent);
    model.addAttribute(
        "agentName",
        agent == null ? null : agents.find(new AgentId(agent)).map(Agent::name).orElse(null));
    model.addAttribute("filtered", requested != null || part != null || agent != null);
    model.addAttribute("accounts", views(page.items()));
    model.addAttribute("next", page.next());
    return "accounts/list";
  }

  /** The accounts whose address contains what was typed so far. */
  @GetMapping("/suggestions")
  String suggestions(@RequestParam(defaultValue = "") String address, Model model) {
    String part = address.strip();
    model.addAttribute(
        "suggested", part.isEmpty() ? List.of() : choices.matching(Viewer.organization(), part));
    return "fragments/parts :: suggestions";
  }

  @GetMapping("/{id}")
  String show(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable UUID signIn,
      @RequestParam(required = false) @Nullable UUID test,
      Model model) {
    AccountState state = find(id);
    panels.addTo(model, state, signIn, test);
    model.addAttribute("account", views(List.of(state)).get(0));
    model.addAttribute("rollout", state.rollout());
    model.addAttribute("limits", LimitsView.of(limits.of(state.account())));
    AccountId bounceAccount = state.bounceAccount();
    model.addAttribute(
        "bounceAddress", choices.address(bounceAccount == null ? null : bounceAccount.value()));
    return "accounts/show";
  }

  @PostMapping("/{id}/bounce-account")
  String setBounceAccount(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String address,
      RedirectAttributes flash) {
    Account account = find(id).account();
    return FlashActions.run(
        flash,
        path(id),
        "Saved.",
        () -> setup.setBounceAccount(account, choices.require(account.organization(), address)));
  }

  @PostMapping("/{id}/enable/{side}")
  String enable(@PathVariable UUID id, @PathVariable String side, RedirectAttributes flash) {
    return setEnabled(id, side(side), true, flash);
  }

  @PostMapping("/{id}/disable/{side}")
  String disable(@PathVariable UUID id, @PathVariable String side, RedirectAttributes flash) {
    return setEnabled(id, side(side), false, flash);
  }

  @PostMapping("/{id}/poll")
  String poll(@PathVariable UUID id, RedirectAttributes flash) {
    Account account = find(id).account();
    return FlashActions.run(
        flash, path(id), "Polling the mailbox now.", () -> switches.poll(account));
  }

  @PostMapping("/{id}/pause")
  String pause(@PathVariable UUID id, RedirectAttributes flash) {
    Account account = find(id).account();
    return FlashActions.run(
        flash, path(id), "Paused. Its mail waits.", () -> switches.pause(account));
  }

  @PostMapping("/{id}/resume")
  String resume(@PathVariable UUID id, RedirectAttributes flash) {
    Account account = find(id).account();
    return FlashActions.run(flash, path(id), "Resumed.", () -> switches.resume(account));
  }

  @PostMapping("/{id}/limits")
  String setLimits(
      @PathVariable UUID id, @RequestParam Map<String, String> form, RedirectAttributes flash) {
    Account account = find(id).account();
    try {
      Map<SendingLimit, Integer> amounts = new EnumMap<>(SendingLimit.class);
      for (SendingLimit limit : SendingLimit.values()) {
        Integer amount = number(form.get(limit.column()));
        if (amount != null) {
          amounts.put(limit, amount);
        }
      }
      limits.set(account, new SendingLimits(amounts), number(form.get(LimitsView.CONNECTIONS)));
      flash.addFlashAttribute("done", "Saved. The limits apply within seconds.");
    } catch (NumberFormatException e) {
      flash.addFlashAttribute("refused", "A limit must be a number, 0 for no limit, or empty.");
    } catch (IllegalArgumentException e) {
      flash.addFlashAttribute("refused", e.getMessage());
    }
    return "redirect:" + path(id);
  }

  private static @Nullable Integer number(@Nullable String text) {
    return text == null || text.isBlank() ? null : Integer.valueOf(text.strip());
  }

  private String setEnabled(UUID id, Protocol side, boolean enabled, RedirectAttributes flash) {
    Account account = find(id).account();
    boolean smtp = side == Protocol.SMTP;
    return FlashActions.run(
        flash,
        path(id),
        (smtp ? "Sending is " : "Receiving is ") + (enabled ? "enabled." : "disabled."),
        () -> setup.change(account, null, smtp ? enabled : null, smtp ? null : enabled));
  }

  private AccountState find(UUID id) {
    return setup.find(new AccountId(id)).orElseThrow(() -> new ResourceNotFound("account"));
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

  static Protocol side(String word) {
    return switch (word) {
      case "smtp" -> Protocol.SMTP;
      case "imap" -> Protocol.IMAP;
      default -> throw new ResourceNotFound("side");
    };
  }

  private static String path(UUID id) {
    return "/console/accounts/" + id;
  }
}
