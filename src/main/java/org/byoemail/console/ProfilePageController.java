package org.byoemail.console;

import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import org.byoemail.operations.setup.PersonSetup;
import org.byoemail.operations.setup.SecondFactorSetup;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsoleSecurityContextRepository;
import org.byoemail.platform.access.ConsoleSession;
import org.byoemail.platform.access.Passkey;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** A person's own page: password, second factor and sessions. */
@Controller
@RequestMapping("/console/profile")
class ProfilePageController {
  private static final String PATH = "/console/profile";

  private final PersonSetup setup;
  private final SecondFactorSetup factors;
  private final ConsoleSecurityContextRepository sessions;

  ProfilePageController(
      PersonSetup setup, SecondFactorSetup factors, ConsoleSecurityContextRepository sessions) {
    this.setup = setup;
    this.factors = factors;
    this.sessions = sessions;
  }

  /** A passkey. */
  record PasskeyLine(
      UUID id, String name, boolean synced, DisplayTime created, @Nullable DisplayTime used) {
    static PasskeyLine of(Passkey passkey) {
      return new PasskeyLine(
          passkey.id(),
          passkey.name(),
          passkey.synced(),
          DisplayTime.of(passkey.createdAt()),
          DisplayTime.ofNullable(passkey.lastUsedAt()));
    }
  }

  @GetMapping
  String show(@AuthenticationPrincipal Caller caller, HttpServletRequest request, Model model) {
    UUID current = current(request);
    model.addAttribute(
        "person",
        setup.own(caller).map(one -> PeoplePageController.View.of(one, caller)).orElse(null));
    model.addAttribute("minPassword", setup.minPasswordLength());
    if (factors.isOffered(caller)) {
      model.addAttribute("factor", factors.state(caller));
      model.addAttribute("factorRequired", factors.isRequired());
      model.addAttribute(
          "passkeys", factors.passkeys(caller).stream().map(PasskeyLine::of).toList());
      model.addAttribute("noPasskeys", factors.passkeysUnavailableReason().orElse(null));
      model.addAttribute(
          "enrolment",
          sessions
              .session(request)
              .flatMap(session -> factors.begun(caller, session))
              .orElse(null));
    }
    model.addAttribute(
        "sessions",
        setup.ownSessions(caller).stream()
            .map(one -> PeoplePageController.SessionLine.of(one, current))
            .toList());
    return "people/profile";
  }

  @PostMapping("/password")
  String changePassword(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(defaultValue = "") String currentPassword,
      @RequestParam(defaultValue = "") String password,
      HttpServletRequest request,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        "Your password is changed. Your other sessions have ended.",
        () -> setup.changePassword(caller, currentPassword, password, current(request)));
  }

  @PostMapping("/sessions/end")
  String endSession(
      @AuthenticationPrincipal Caller caller,
      @RequestParam UUID session,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash, PATH, "The session has ended.", () -> setup.endOwnSession(caller, session));
  }

  private @Nullable UUID current(HttpServletRequest request) {
    return sessions.session(request).map(ConsoleSession::id).orElse(null);
  }
}
