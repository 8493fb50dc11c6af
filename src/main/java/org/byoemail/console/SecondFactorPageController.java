package org.byoemail.console;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.function.Supplier;
import org.byoemail.operations.setup.SecondFactorSetup;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsoleSecurityContextRepository;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The forms of a person's own second factor, on the profile page. */
@Controller
@RequestMapping("/console/profile/second-factor")
class SecondFactorPageController {
  private static final String PATH = "/console/profile";

  private final SecondFactorSetup setup;
  private final ConsoleSecurityContextRepository sessions;

  SecondFactorPageController(SecondFactorSetup setup, ConsoleSecurityContextRepository sessions) {
    this.setup = setup;
    this.sessions = sessions;
  }

  @PostMapping("/begin")
  String begin(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(defaultValue = "") String currentPassword,
      HttpServletRequest request,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        null,
        () -> setup.begin(caller, currentPassword, sessions.requireSession(request)));
  }

  @PostMapping("/confirm")
  String confirm(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(defaultValue = "") String code,
      HttpServletRequest request,
      RedirectAttributes flash) {
    return showCodes(
        flash,
        "Your authenticator app is set up. Your other sessions have ended.",
        () -> setup.confirm(caller, code, sessions.requireSession(request)));
  }

  @PostMapping("/recovery-codes")
  String replaceRecoveryCodes(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(defaultValue = "") String currentPassword,
      @RequestParam(defaultValue = "") String code,
      RedirectAttributes flash) {
    return showCodes(
        flash,
        "Your recovery codes are replaced: the previous ones are void.",
        () -> setup.replaceRecoveryCodes(caller, currentPassword, code));
  }

  @PostMapping("/remove")
  String remove(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(defaultValue = "") String currentPassword,
      @RequestParam(defaultValue = "") String code,
      HttpServletRequest request,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        "Your authenticator app is removed. Your other sessions have ended.",
        () -> setup.removeTotp(caller, currentPassword, code, sessions.requireSession(request)));
  }

  private static String showCodes(
      RedirectAttributes flash, String done, Supplier<List<String>> codes) {
    return FlashActions.run(
        flash,
        PATH,
        done,
        () -> flash.addFlashAttribute("recoveryCodes", String.join(" ", codes.get())));
  }
}
