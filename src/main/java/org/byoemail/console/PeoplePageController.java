package org.byoemail.console;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.operations.setup.PersonDraft;
import org.byoemail.operations.setup.PersonSetup;
import org.byoemail.operations.setup.SecondFactorSetup;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsoleSession;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.Person;
import org.byoemail.platform.access.PersonRole;
import org.byoemail.platform.access.SecondFactor;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The people who log in to the console, and the page of each. */
@Controller
@RequestMapping("/console/people")
class PeoplePageController {
  private static final String PATH = "/console/people";
  private static final int PAGE_SIZE = 50;

  private final PersonSetup setup;
  private final SecondFactorSetup factors;

  PeoplePageController(PersonSetup setup, SecondFactorSetup factors) {
    this.setup = setup;
    this.factors = factors;
  }

  /** A person, in the list and on the page. */
  record View(
      UUID id,
      String name,
      String email,
      Badge status,
      String roles,
      List<String> roleWords,
      String organization,
      boolean disabled,
      boolean self,
      boolean password,
      @Nullable String issuer,
      String secondFactor,
      @Nullable DisplayTime invitedUntil,
      DisplayTime created,
      @Nullable DisplayTime lastLogin) {

    static View of(Person person, Caller viewer) {
      return new View(
          person.id(),
          person.name(),
          person.email(),
          switch (person.status()) {
            case ACTIVE -> Badge.good("active");
            case INVITED -> Badge.waiting("invited");
            case DISABLED -> Badge.off("disabled");
          },
          String.join(", ", person.roleWords()),
          person.roleWords(),
          person.organization() == null ? "" : person.organization().value(),
          person.disabledAt() != null,
          person.id().equals(viewer.person()),
          person.credentials().password(),
          person.credentials().issuer(),
          secondFactor(person.credentials()),
          DisplayTime.ofNullable(person.credentials().invitedUntil()),
          DisplayTime.of(person.createdAt()),
          DisplayTime.ofNullable(person.lastLoginAt()));
    }

    private static String secondFactor(Person.Credentials credentials) {
      SecondFactor factor = credentials.secondFactor();
      if (factor == null) {
        return credentials.issuer() == null ? "none" : "the provider's";
      }
      return factor == SecondFactor.TOTP ? "authenticator app" : "passkey";
    }
  }

  /**
   * A session.
   *
   * @param current whether it is the one that shows the page
   */
  record SessionLine(
      UUID id,
      String client,
      String browser,
      boolean current,
      DisplayTime begun,
      DisplayTime visited,
      DisplayTime expires) {

    static SessionLine of(ConsoleSession session, @Nullable UUID current) {
      return new SessionLine(
          session.id(),
          session.client(),
          session.browser().isEmpty() ? "unknown browser" : session.browser(),
          session.id().equals(current),
          DisplayTime.of(session.createdAt()),
          DisplayTime.of(session.lastVisitAt()),
          DisplayTime.of(session.expiresAt()));
    }
  }

  /** A role, and what it is for. */
  record RoleChoice(String word, String explanation) {

    static List<RoleChoice> all() {
      return Stream.of(PersonRole.values())
          .map(
              role ->
                  new RoleChoice(
                      role.word(),
                      switch (role) {
                        case VIEWER -> "reads pages, changes nothing";
                        case REVIEWER -> "also decides on mail in review and on held mail";
                        case OPERATOR -> "sets agents and accounts up, releases and resends mail";
                        case ADMIN -> "also people, API keys, retention and deletions";
                      }))
          .toList();
    }
  }

  @GetMapping
  String list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable UUID after,
      Model model) {
    Page<View> page =
        Page.of(
            setup.list(caller, after, PAGE_SIZE + 1),
            PAGE_SIZE,
            Person::id,
            person -> View.of(person, caller));
    model.addAttribute("people", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("roles", RoleChoice.all());
    model.addAttribute("minPassword", setup.minPasswordLength());
    return "people/list";
  }

  @PostMapping
  String create(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(defaultValue = "") String email,
      @RequestParam(defaultValue = "") String name,
      @RequestParam(defaultValue = "") String organization,
      @RequestParam(name = "roles", required = false) @Nullable List<String> roles,
      @RequestParam(defaultValue = "") String password,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        null,
        () -> {
          PersonSetup.Created created =
              setup.create(
                  caller,
                  new PersonDraft(
                      email,
                      name,
                      OrganizationField.orAll(organization),
                      words(roles),
                      password.isEmpty() ? null : password));
          flash.addFlashAttribute("done", created.person().name() + " is added.");
          if (created.link() != null) {
            flash.addFlashAttribute("url", created.link());
          }
        });
  }

  @GetMapping("/{id}")
  String show(@AuthenticationPrincipal Caller caller, @PathVariable UUID id, Model model) {
    Person person = setup.find(caller, id);
    model.addAttribute("person", View.of(person, caller));
    model.addAttribute("shown", Shown.of(View.of(person, caller)));
    model.addAttribute("keys", setup.keysOf(person));
    model.addAttribute("roles", RoleChoice.all());
    model.addAttribute(
        "sessions",
        setup.sessions(caller, id).stream().map(one -> SessionLine.of(one, null)).toList());
    return "people/show";
  }

  /**
   * What a form showed: only what differs from it is changed, so that it undoes nothing that
   * another admin has changed since. A value that is missing counts as different.
   */
  record Shown(
      @Nullable String shownName, @Nullable String shownOrganization, @Nullable String shownRoles) {

    static Shown of(View person) {
      return new Shown(person.name(), person.organization(), String.join(",", person.roleWords()));
    }

    private @Nullable Set<String> roles() {
      return shownRoles == null ? null : Set.copyOf(Arrays.asList(shownRoles.split(",")));
    }
  }

  @PostMapping("/{id}")
  String change(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestParam(defaultValue = "") String name,
      @RequestParam(defaultValue = "") String organization,
      @RequestParam(name = "roles", required = false) @Nullable List<String> roles,
      @ModelAttribute Shown shown,
      RedirectAttributes flash) {
    List<@Nullable String> given = Objects.requireNonNullElse(words(roles), List.of());
    return FlashActions.run(
        flash,
        path(id),
        "Saved. It applies from the next page on.",
        () ->
            setup.change(
                caller,
                id,
                name.equals(shown.shownName()) ? null : name,
                organization.equals(shown.shownOrganization())
                    ? null
                    : Optional.ofNullable(OrganizationField.orAll(organization)),
                String.join(",", given).equals(shown.shownRoles())
                    ? null
                    : new PersonSetup.Roles(given, shown.roles()),
                null));
  }

  @PostMapping("/{id}/invite")
  String invite(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        path(id),
        null,
        () -> flash.addFlashAttribute("url", setup.invite(caller, id).link()));
  }

  @PostMapping("/{id}/disable")
  String disable(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        path(id),
        "Disabled. All sessions have ended.",
        () -> setup.setDisabled(caller, id, true));
  }

  @PostMapping("/{id}/enable")
  String enable(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, RedirectAttributes flash) {
    return FlashActions.run(
        flash, path(id), "Enabled.", () -> setup.setDisabled(caller, id, false));
  }

  @PostMapping("/{id}/second-factor/reset")
  String resetSecondFactor(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        path(id),
        "The second factor is removed. All sessions have ended.",
        () -> factors.reset(caller, id));
  }

  /** Ends one session, or all if none is named. */
  @PostMapping("/{id}/sessions/end")
  String endSessions(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable UUID session,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        path(id),
        session == null ? "All sessions have ended." : "The session has ended.",
        () -> setup.endSessions(caller, id, session));
  }

  @GetMapping("/{id}/delete")
  String ask(@AuthenticationPrincipal Caller caller, @PathVariable UUID id, Model model) {
    Person person = setup.find(caller, id);
    model.addAttribute("person", View.of(person, caller));
    model.addAttribute("keys", setup.keysOf(person));
    return "people/delete";
  }

  @PostMapping("/{id}/delete")
  String delete(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        null,
        () -> flash.addFlashAttribute("done", setup.delete(caller, id).name() + " is deleted."));
  }

  private static @Nullable List<@Nullable String> words(@Nullable List<String> roles) {
    return roles == null ? null : List.copyOf(roles);
  }

  private static String path(UUID id) {
    return PATH + "/" + id;
  }
}
