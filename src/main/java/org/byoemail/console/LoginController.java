package org.byoemail.console;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** The login page, and the redirect to the first page. */
@Controller
class LoginController {

  @GetMapping({"/", "/console", "/console/"})
  String home() {
    return "redirect:/console/overview";
  }

  @GetMapping("/login")
  String login() {
    return "login";
  }
}
