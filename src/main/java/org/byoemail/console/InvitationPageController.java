package org.byoemail.console;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.PersonSetup;
import org.byoemail.platform.access.Person;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The page of an invitation, by which a person sets the first password. Its link works once. */
@Controller
@RequestMapping("/invitations/{token}")
class InvitationPageController {
  private final PersonSetup setup;

  InvitationPageController(PersonSetup setup) {
    this.setup = setup;
  }

  @GetMapping
  ModelAndView show(@PathVariable String token, HttpServletResponse response) {
    return page(setup.invited(token), null, response);
  }

  @PostMapping
  ModelAndView accept(
      @PathVariable String token,
      @RequestParam(defaultValue = "") String password,
      @RequestParam(defaultValue = "") String again,
      HttpServletResponse response) {
    if (!password.equals(again)) {
      return page(setup.invited(token), "The two passwords differ.", response);
    }
    try {
      Optional<Person> person = setup.accept(token, password);
      return person.isPresent()
          ? new ModelAndView("redirect:/login?invited")
          : page(person, null, response);
    } catch (FieldsRefused e) {
      String problem = e.problems().get(0).reason();
      return page(setup.invited(token), "The password " + problem + ".", response);
    }
  }

  private ModelAndView page(
      Optional<Person> person, @Nullable String problem, HttpServletResponse response) {
    // The address of the page is a secret.
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cache-Control", "no-store");
    if (person.isEmpty()) {
      return new ModelAndView("people/no-invitation", Map.of(), HttpStatus.NOT_FOUND);
    }
    ModelAndView page =
        new ModelAndView(
            "people/invitation", problem == null ? HttpStatus.OK : HttpStatus.BAD_REQUEST);
    page.addObject("person", person.get());
    page.addObject("problem", problem);
    page.addObject("minPassword", setup.minPasswordLength());
    return page;
  }
}
