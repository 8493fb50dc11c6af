package org.byoemail.console;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.operations.setup.ApiKeyDraft;
import org.byoemail.operations.setup.ApiKeySetup;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.ApiKey;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.People;
import org.byoemail.platform.access.Permission;
import org.byoemail.platform.access.Person;
import org.byoemail.platform.access.RequestRates;
import org.byoemail.platform.access.Role;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.ui.ModelMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The list of API keys, and the page of a key. A secret is shown once, after it was made. */
@Controller
@RequestMapping("/console/api-keys")
class ApiKeyPageController {
  private static final int PAGE_SIZE = 50;
  private static final String SECRET = "secret";
  private static final List<Overlap> OVERLAPS =
      List.of(
          new Overlap(Duration.ofDays(1).toSeconds(), "for another day"),
          new Overlap(Duration.ofDays(7).toSeconds(), "for another week"),
          new Overlap(0, "no longer"));

  private final ApiKeySetup setup;
  private final Agents agents;
  private final Accounts accounts;
  private final AgentChoices choices;
  private final RequestRates rates;
  private final People people;
  private final Clock clock;

  ApiKeyPageController(
      ApiKeySetup setup,
      Agents agents,
      Accounts accounts,
      AgentChoices choices,
      RequestRates rates,
      People people,
      Clock clock) {
    this.people = people;
    this.rates = rates;
    this.choices = choices;
    this.setup = setup;
    this.agents = agents;
    this.accounts = accounts;
    this.clock = clock;
  }

  /**
   * The form of a new key.
   *
   * @param bound ids of further agents, and of accounts
   * @param expires the last day
   * @param requests a minute; empty: as the settings say
   */
  record Form(
      @Nullable String name,
      @Nullable String organization,
      @Nullable String role,
      @Nullable List<String> permissions,
      @Nullable List<UUID> agents,
      @Nullable String bound,
      @Nullable String expires,
      @Nullable String requests) {

    Form {
      organization = Objects.requireNonNullElse(organization, "");
      role = Objects.requireNonNullElse(role, "");
      permissions = permissions == null ? List.of() : List.copyOf(permissions);
      agents = agents == null ? List.of() : List.copyOf(agents);
      bound = Objects.requireNonNullElse(bound, "");
      expires = Objects.requireNonNullElse(expires, "");
      requests = Objects.requireNonNullElse(requests, "");
    }
  }

  /** How long the old secret works on after a rotation. */
  record Overlap(long seconds, String name) {}

  /** A key, in the list and on its page. */
  record View(
      UUID id,
      String name,
      Badge status,
      String rights,
      String organization,
      String bound,
      DisplayTime created,
      @Nullable DisplayTime used,
      @Nullable DisplayTime expires,
      @Nullable DisplayTime previousExpires,
      String requests) {

    static View of(ApiKey key, Instant now, String usual) {
      boolean expired = key.expiresAt() != null && !key.expiresAt().isAfter(now);
      boolean overlaps = key.previousExpiresAt() != null && key.previousExpiresAt().isAfter(now);
      return new View(
          key.id(),
          key.name(),
          expired ? Badge.off("expired") : Badge.good("valid"),
          key.role() == null
              ? String.join(", ", Permission.words(key.permissions()))
              : "role " + key.role().word(),
          key.organization() == null ? "all" : key.organization().value(),
          key.binding() == null
              ? ""
              : count(key.binding().agents(), "agent")
                  + ", "
                  + count(key.binding().accounts(), "account"),
          DisplayTime.of(key.createdAt()),
          DisplayTime.ofNullable(key.lastUsedAt()),
          DisplayTime.ofNullable(key.expiresAt()),
          overlaps ? DisplayTime.ofNullable(key.previousExpiresAt()) : null,
          key.requestsPerMinute() == null ? usual : key.requestsPerMinute() + " a minute");
    }

    private static String count(Collection<UUID> ids, String what) {
      return ids.size() + " " + what + (ids.size() == 1 ? "" : "s");
    }
  }

  @GetMapping
  String list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable UUID after,
      ModelMap model) {
    Instant now = clock.instant();
    Page<View> page =
        Page.of(
            setup.list(caller, after, PAGE_SIZE + 1),
            PAGE_SIZE,
            ApiKey::id,
            key -> View.of(key, now, usualRate()));
    model.addAttribute("usualRate", usualRate());
    model.addAttribute("keys", page.items());
    model.addAttribute("next", page.next());
    choices.addTo(model, null);
    model.addAttribute("roles", Arrays.stream(Role.values()).map(Role::word).toList());
    model.addAttribute("permissions", Permission.words(List.of(Permission.values())));
    return "api-keys/list";
  }

  @PostMapping
  String create(
      @AuthenticationPrincipal Caller caller, @ModelAttribute Form form, RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        "/console/api-keys",
        null,
        () -> {
          Binding binding = binding(form);
          flash.addFlashAttribute(
              SECRET,
              setup
                  .create(
                      caller,
                      new ApiKeyDraft(
                          form.name(),
                          form.role().isEmpty() ? null : form.role(),
                          permissions(form),
                          binding == null ? null : binding.agents(),
                          binding == null ? null : binding.accounts(),
                          OrganizationField.orAll(form.organization()),
                          end(form.expires()),
                          requests(form.requests())))
                  .secret());
        });
  }

  @GetMapping("/{id}")
  String show(@AuthenticationPrincipal Caller caller, @PathVariable UUID id, Model model) {
    ApiKey key = setup.find(caller, id);
    model.addAttribute("key", View.of(key, clock.instant(), usualRate()));
    model.addAttribute("overlaps", OVERLAPS);
    if (key.madeByPerson() != null) {
      model.addAttribute(
          "maker",
          people
              .find(caller.organization(), key.madeByPerson())
              .map(Person::email)
              .orElse("the operator"));
    }
    model.addAttribute(
        "agents",
        key.binding() == null
            ? List.of()
            : named(
                key.binding().agents(),
                one -> agents.find(new AgentId(one)).map(agent -> agent.name()).orElse(null)));
    model.addAttribute(
        "accounts",
        key.binding() == null
            ? List.of()
            : named(
                key.binding().accounts(),
                one ->
                    accounts
                        .find(new AccountId(one))
                        .map(account -> account.address().value())
                        .orElse(null)));
    return "api-keys/show";
  }

  @PostMapping("/{id}/rotate")
  String rotate(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestParam long overlap,
      @RequestParam(defaultValue = "") String expires,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        "/console/api-keys/" + id,
        null,
        () ->
            flash.addFlashAttribute(
                SECRET, setup.rotate(caller, id, overlap, end(expires)).secret()));
  }

  @PostMapping("/{id}/delete")
  String delete(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        "/console/api-keys",
        "The key is deleted, with the keys that it had made.",
        () -> setup.delete(caller, id));
  }

  /** With neither, the missing role is named. */
  private static @Nullable List<@Nullable String> permissions(Form form) {
    return form.permissions().isEmpty() ? null : new ArrayList<>(form.permissions());
  }

  private record Binding(List<@Nullable UUID> agents, List<@Nullable UUID> accounts) {}

  /** The agents that are selected, and those whose ids are written; null: none, and no account. */
  private @Nullable Binding binding(Form form) {
    List<@Nullable UUID> boundAgents = new ArrayList<>(form.agents());
    List<@Nullable UUID> boundAccounts = new ArrayList<>();
    for (String word : form.bound().strip().split("[\\s,]+")) {
      if (word.isEmpty()) {
        continue;
      }
      UUID id = id(word);
      if (agents.find(new AgentId(id)).isPresent()) {
        boundAgents.add(id);
      } else {
        boundAccounts.add(id);
      }
    }
    return boundAgents.isEmpty() && boundAccounts.isEmpty()
        ? null
        : new Binding(boundAgents, boundAccounts);
  }

  private static UUID id(String word) {
    try {
      return UUID.fromString(word);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("Also bound to", "must be ids of agents or accounts");
    }
  }

  private String usualRate() {
    return rates.usual() == 0 ? "not limited" : rates.usual() + " a minute, by the settings";
  }

  private static @Nullable Integer requests(String text) {
    try {
      return text.isBlank() ? null : Integer.valueOf(text.strip());
    } catch (NumberFormatException e) {
      throw new FieldsRefused("requestsPerMinute", "must be a whole number");
    }
  }

  /** The end of a day, in UTC; null: no day is given. */
  private static @Nullable Instant end(String day) {
    try {
      return day.isBlank()
          ? null
          : LocalDate.parse(day.strip()).plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new FieldsRefused("expires", "must be a day such as 2027-01-31");
    }
  }

  /** A row that a key is bound to. */
  record Named(UUID id, String name) {}

  private static List<Named> named(Collection<UUID> ids, Function<UUID, @Nullable String> name) {
    return ids.stream()
        .sorted()
        .map(id -> new Named(id, Objects.requireNonNullElse(name.apply(id), "deleted: " + id)))
        .toList();
  }
}
