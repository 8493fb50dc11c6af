package org.byoemail.console;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFilter;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.ReviewRule;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.ingest.HeldCorrespondents;
import org.byoemail.inbound.ingest.HeldMails;
import org.byoemail.inbound.ingest.TrustedWays;
import org.byoemail.operations.setup.AddressField;
import org.byoemail.operations.setup.AgentDraft;
import org.byoemail.operations.setup.AgentKind;
import org.byoemail.operations.setup.AgentSetup;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.SendingPolicyDraft;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The pages of the agents and their contact policies. */
@Controller
@RequestMapping("/console/agents")
class AgentPageController {
  private static final int PAGE_SIZE = 50;
  private static final int MAX_ACCOUNTS = 20;

  /** What people call the kinds, by their words. */
  private static final Map<String, String> KINDS = kinds();

  private final Agents agents;
  private final AgentSetup setup;
  private final HeldCorrespondents held;
  private final TrustedWays ways;
  private final HeldMails heldMails;
  private final Accounts accounts;

  AgentPageController(
      Agents agents,
      AgentSetup setup,
      HeldCorrespondents held,
      TrustedWays ways,
      HeldMails heldMails,
      Accounts accounts) {
    this.accounts = accounts;
    this.ways = ways;
    this.heldMails = heldMails;
    this.agents = agents;
    this.held = held;
    this.setup = setup;
  }

  /**
   * The form of an agent.
   *
   * @param requireAuthentication null: the box is not ticked
   * @param kind of a new agent: the word of an {@link AgentKind}; null or empty: none
   * @param review which mail of a new agent a person approves; null: as its kind says
   */
  record AgentForm(
      @Nullable String name,
      @Nullable String organization,
      @Nullable String inbound,
      @Nullable String outbound,
      @Nullable String contacts,
      @Nullable Boolean requireAuthentication,
      @Nullable String unproven,
      @Nullable String findings,
      @Nullable String kind,
      @Nullable String review) {

    static AgentForm of(Agent agent) {
      return new AgentForm(
          agent.name(),
          agent.organization().value(),
          agent.contactPolicy().inbound().word(),
          agent.contactPolicy().outbound().word(),
          String.join("\n", agent.contactPolicy().contacts()),
          agent.contactPolicy().requireAuthentication(),
          agent.contactPolicy().unproven().word(),
          agent.contactPolicy().findings().entrySet().stream()
              .map(one -> one.getKey() + " " + one.getValue().word())
              .collect(Collectors.joining("\n")),
          null,
          null);
    }

    /** With the sending policy of the kind, in which the form's choice of reviews counts. */
    AgentDraft draftOfNew() {
      Optional<AgentKind> named = AgentKind.find(kind);
      String when = review == null || review.isBlank() ? reviewed(named) : review;
      return draft()
          .with(
              named
                  .map(one -> SendingPolicyDraft.of(one.sending()))
                  .orElseGet(() -> new SendingPolicyDraft(null))
                  .with(new SendingPolicyDraft.Review(when, null, null, null)));
    }

    AgentDraft draft() {
      List<@Nullable String> lines =
          contacts == null
              ? List.of()
              : List.copyOf(contacts.lines().map(String::strip).filter(l -> !l.isEmpty()).toList());
      return new AgentDraft(
          name,
          null,
          inbound,
          outbound,
          lines,
          Boolean.TRUE.equals(requireAuthentication),
          unproven,
          actions());
    }

    /** Lines of a kind and an action. */
    private Map<String, @Nullable String> actions() {
      Map<String, @Nullable String> actions = new LinkedHashMap<>();
      for (String line : findings == null ? List.<String>of() : findings.lines().toList()) {
        String[] words = line.strip().split("\\s+", 2);
        if (!words[0].isEmpty()) {
          actions.put(words[0], words.length == 2 ? words[1] : "");
        }
      }
      return actions;
    }
  }

  @GetMapping
  String list(@RequestParam(required = false) @Nullable UUID after, Model model) {
    Page<Agent> page =
        Page.of(
            agents.list(Viewer.organization(), after, PAGE_SIZE + 1),
            PAGE_SIZE,
            Agent::id,
            Function.identity());
    model.addAttribute("agents", page.items());
    model.addAttribute("next", page.next());
    return "agents/list";
  }

  /**
   * An empty form, with the policy that fits the kind of agent.
   *
   * @param kind the word of an {@link AgentKind}; null, or any other word: none
   */
  @GetMapping("/new")
  ModelAndView blank(@RequestParam(required = false) @Nullable String kind) {
    ContactPolicy standard = ContactPolicy.standard();
    Optional<AgentKind> named = AgentKind.find(kind);
    String inbound = named.map(AgentKind::inbound).orElse(standard.inbound()).word();
    String unproven = named.map(AgentKind::unproven).orElse(standard.unproven()).word();
    return form(
        null,
        new AgentForm(
            "",
            "",
            inbound,
            "open",
            "",
            true,
            unproven,
            "",
            named.map(AgentKind::word).orElse(""),
            reviewed(named)),
        Map.of());
  }

  /**
   * Unlike in the API, some mail is reviewed by default: people who create agents here see the page
   * Reviews.
   */
  private static String reviewed(Optional<AgentKind> kind) {
    return kind.map(AgentKind::reviewed).orElse(ReviewRule.When.NEW_CORRESPONDENTS).word();
  }

  @PostMapping
  ModelAndView create(@ModelAttribute AgentForm form, RedirectAttributes flash) {
    try {
      boolean isDefault = form.organization() == null || form.organization().isBlank();
      Agent created =
          setup.create(
              isDefault ? null : new OrganizationId(form.organization().strip()),
              form.draftOfNew());
      flash.addFlashAttribute("done", "Agent " + created.name() + " created.");
      return new ModelAndView("redirect:/console/agents");
    } catch (FieldsRefused e) {
      return form(null, form, byField(e));
    }
  }

  @GetMapping("/{id}")
  ModelAndView edit(@PathVariable UUID id) {
    return form(id, AgentForm.of(find(id)), Map.of());
  }

  @PostMapping("/{id}")
  ModelAndView change(
      @PathVariable UUID id, @ModelAttribute AgentForm form, RedirectAttributes flash) {
    try {
      setup.change(find(id).id(), form.draft());
      flash.addFlashAttribute("done", "Saved.");
      return new ModelAndView("redirect:/console/agents");
    } catch (FieldsRefused e) {
      return form(id, form, byField(e));
    }
  }

  @PostMapping("/{id}/lift")
  String lift(@PathVariable UUID id, @RequestParam String address, RedirectAttributes flash) {
    Agent agent = find(id);
    return FlashActions.run(
        flash,
        "/console/agents/" + id,
        null,
        () -> {
          boolean lifted = setup.lift(agent, AddressField.read(address));
          flash.addFlashAttribute(
              "done",
              lifted
                  ? "Mail from "
                      + address
                      + " is accepted again. Earlier mail is in the quarantine."
                  : address + " is not held.");
        });
  }

  @PostMapping("/{id}/distrust")
  String distrust(@PathVariable UUID id, @RequestParam UUID way, RedirectAttributes flash) {
    Agent agent = find(id);
    return FlashActions.run(
        flash,
        "/console/agents/" + id,
        "Mail that comes this way is held again.",
        () -> heldMails.distrust(agent, way));
  }

  @PostMapping("/{id}/delete")
  String delete(@PathVariable UUID id, RedirectAttributes flash) {
    Agent agent = find(id);
    return FlashActions.run(
        flash,
        "/console/agents",
        "Agent " + agent.name() + " is deleted.",
        () -> setup.delete(agent.id()));
  }

  private ModelAndView form(@Nullable UUID agent, AgentForm form, Map<String, String> problems) {
    ModelAndView page =
        new ModelAndView(
            "agents/form", problems.isEmpty() ? HttpStatus.OK : HttpStatus.BAD_REQUEST);
    page.addObject("agent", agent);
    page.addObject("kinds", KINDS);
    page.addObject("form", form);
    page.addObject("problems", problems);
    page.addObject("held", agent == null ? List.of() : held.of(new AgentId(agent)));
    page.addObject("accounts", agent == null ? List.of() : accountsOf(agent));
    page.addObject("ways", agent == null ? List.of() : ways.of(new AgentId(agent)));
    return page;
  }

  private List<Account> accountsOf(UUID agent) {
    return accounts.list(new AccountFilter(null, null, null, agent, null, MAX_ACCOUNTS));
  }

  private static Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    for (AgentKind kind : AgentKind.values()) {
      kinds.put(
          kind.word(),
          switch (kind) {
            case ASSISTANT -> "A person's assistant";
            case SUPPORT -> "Support desk";
            case BACK_OFFICE -> "Back office";
            case NEWSLETTERS -> "Reader of newsletters";
            case OUTREACH -> "Outreach";
          });
    }
    return Collections.unmodifiableMap(kinds);
  }

  private Agent find(UUID id) {
    return agents.find(new AgentId(id)).orElseThrow(() -> new ResourceNotFound("agent"));
  }

  // The form has one field for all contacts, setup names each by its index.
  private static Map<String, String> byField(FieldsRefused e) {
    Map<String, String> problems = new HashMap<>();
    for (FieldProblem problem : e.problems()) {
      String field =
          problem.field().startsWith("contactPolicy.contacts")
              ? "contacts"
              : problem.field().startsWith("contactPolicy.findings") ? "findings" : problem.field();
      problems.merge(field, problem.reason(), (one, other) -> one + "; " + other);
    }
    return problems;
  }
}
