package org.byoemail.console;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** The way in. */
@Controller
class LoginController {

  @GetMapping({"/", "/console", "/console/"})
  String entry() {
    return "redirect:/console/accounts";
  }

  @GetMapping("/login")
  String login() {
    return "login";
  }
}
