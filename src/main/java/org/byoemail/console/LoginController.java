package org.byoemail.console;

import org.byoemail.platform.access.Passkeys;
import org.byoemail.platform.access.ProviderLogins;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The login page, and the redirect to the first page. */
@Controller
class LoginController {
  private final ProviderLogins logins;
  private final Passkeys passkeys;

  LoginController(ProviderLogins logins, Passkeys passkeys) {
    this.logins = logins;
    this.passkeys = passkeys;
  }

  @GetMapping({"/", "/console", "/console/"})
  String home() {
    return "redirect:/console/overview";
  }

  @GetMapping("/login")
  String login(Model model) {
    model.addAttribute("provider", logins.button().orElse(null));
    model.addAttribute("passkeys", passkeys.unavailableReason().isEmpty());
    return "login";
  }
}
