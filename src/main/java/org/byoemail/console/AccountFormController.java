package org.byoemail.console;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.discovery.Discovered;
import org.byoemail.account.discovery.Discovery;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.AddressField;
import org.byoemail.operations.setup.AgentDraft;
import org.byoemail.operations.setup.AgentSetup;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The forms that create and change accounts; a new agent can be created with its first account. */
@Controller
@RequestMapping("/console/accounts")
class AccountFormController {

  private final AccountSetup setup;
  private final AgentSetup agentSetup;
  private final Agents agents;
  private final TransactionTemplate transactions;
  private final Discovery discovery;
  private final OAuthViews oauth;
  private final AgentChoices choices;

  AccountFormController(
      AccountSetup setup,
      AgentSetup agentSetup,
      Agents agents,
      TransactionTemplate transactions,
      Discovery discovery,
      OAuthViews oauth,
      AgentChoices choices) {
    this.choices = choices;
    this.oauth = oauth;
    this.discovery = discovery;
    this.setup = setup;
    this.agentSetup = agentSetup;
    this.agents = agents;
    this.transactions = transactions;
  }

  @GetMapping("/new")
  ModelAndView blank(@RequestParam(required = false) @Nullable String agent) {
    return form(null, AccountForm.empty(agent), Map.of(), null);
  }

  @PostMapping
  ModelAndView create(@ModelAttribute AccountForm form, RedirectAttributes flash) {
    try {
      AccountId id = Objects.requireNonNull(transactions.execute(status -> createAccount(form)));
      flash.addFlashAttribute("done", "Account created. Test both sides, then enable them.");
      return new ModelAndView("redirect:/console/accounts/" + id);
    } catch (FieldsRefused e) {
      return form(null, form, byField(e), null);
    } catch (StateConflict e) {
      return form(null, form, Map.of(), e.getMessage());
    }
  }

  /** Fills the form with the settings of its address, and shows it again; saves nothing. */
  @PostMapping("/discover")
  ModelAndView discover(@ModelAttribute AccountForm form) {
    try {
      Discovered found =
          discovery.of(
              AddressField.read(form.address()),
              Objects.requireNonNullElse(Viewer.organization(), OrganizationId.OPERATOR));
      AccountForm filled = found.proposals().stream().findFirst().map(form::with).orElse(form);
      return form(null, filled, Map.of(), null).addObject("discovered", DiscoveryView.of(found));
    } catch (FieldsRefused e) {
      return form(null, form, byField(e), null);
    } catch (TooManyTests e) {
      return form(null, form, Map.of(), e.getMessage());
    }
  }

  @GetMapping("/{id}/edit")
  ModelAndView edit(@PathVariable UUID id) {
    AccountState state = state(id);
    return form(state.account(), AccountForm.of(state), Map.of(), null);
  }

  @PostMapping("/{id}")
  ModelAndView change(
      @PathVariable UUID id, @ModelAttribute AccountForm form, RedirectAttributes flash) {
    Account account = find(id);
    try {
      setup.change(account, form.draft(), null, null);
      flash.addFlashAttribute("done", "Saved. A side whose server has changed needs a new test.");
      return new ModelAndView("redirect:/console/accounts/" + id);
    } catch (FieldsRefused e) {
      return form(account, form, byField(e), null);
    } catch (StateConflict e) {
      return form(account, form, Map.of(), e.getMessage());
    }
  }

  private AccountId createAccount(AccountForm form) {
    return setup.create(agent(form), form.address(), form.draft()).account().id();
  }

  private @Nullable Agent agent(AccountForm form) {
    if (form.newAgent() != null && !form.newAgent().isBlank()) {
      boolean isDefault = form.organization() == null || form.organization().isBlank();
      return agentSetup.create(
          isDefault ? null : new OrganizationId(form.organization().strip()),
          new AgentDraft(form.newAgent(), null, form.inbound(), null, null, null, null, null));
    }
    return chosen(form);
  }

  private @Nullable Agent chosen(AccountForm form) {
    try {
      return form.agent() == null
          ? null
          : agents
              .find(AgentId.parse(form.agent()))
              .filter(agent -> Viewer.sees(agent.organization()))
              .orElse(null);
    } catch (IllegalArgumentException e) {
      // No agent is selected: setup refuses that with the name of the field.
      return null;
    }
  }

  private ModelAndView form(
      @Nullable Account account,
      AccountForm form,
      Map<String, String> problems,
      @Nullable String refused) {
    boolean invalid = !problems.isEmpty() || refused != null;
    ModelAndView page =
        new ModelAndView("accounts/form", invalid ? HttpStatus.BAD_REQUEST : HttpStatus.OK);
    page.addObject("form", form);
    page.addObject("problems", problems);
    if (account == null) {
      choices.addTo(page.getModelMap(), chosen(form));
    }
    page.addObject("account", account == null ? null : account.id().value());
    page.addObject("refused", refused);
    page.addObject("providers", oauth.names());
    return page;
  }

  private Account find(UUID id) {
    return state(id).account();
  }

  private AccountState state(UUID id) {
    return setup.find(new AccountId(id)).orElseThrow(() -> new ResourceNotFound("account"));
  }

  private static Map<String, String> byField(FieldsRefused e) {
    return e.problems().stream()
        .collect(
            Collectors.toMap(
                FieldProblem::field, FieldProblem::reason, (one, other) -> one + "; " + other));
  }
}
