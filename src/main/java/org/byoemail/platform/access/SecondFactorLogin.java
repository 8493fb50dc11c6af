package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.event.AuthenticationFailureBadCredentialsEvent;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * The second step of a login: a code after the right password, or the set-up of an authenticator
 * app for somebody who needs one and has none. Until then nobody is logged in.
 */
@Controller
@RequestMapping("/login/code")
class SecondFactorLogin {
  private static final Logger log = LoggerFactory.getLogger(SecondFactorLogin.class);
  private static final String PATH = "/login/code";

  private final UnfinishedLogins logins;
  private final SecondFactors factors;
  private final TotpEnrolments enrolments;
  private final CompletedLogins completed;
  private final FailedLogins failures;
  private final KnownBrowsers browsers;
  private final ApplicationEventPublisher publisher;

  SecondFactorLogin(
      UnfinishedLogins logins,
      SecondFactors factors,
      TotpEnrolments enrolments,
      CompletedLogins completed,
      FailedLogins failures,
      KnownBrowsers browsers,
      ApplicationEventPublisher publisher) {
    this.logins = logins;
    this.factors = factors;
    this.enrolments = enrolments;
    this.completed = completed;
    this.failures = failures;
    this.browsers = browsers;
    this.publisher = publisher;
  }

  @GetMapping
  ModelAndView ask(HttpServletRequest request) {
    Optional<UnfinishedLogins.Unfinished> login = logins.find(request);
    if (login.isEmpty()) {
      return late();
    }
    Person person = login.get().person();
    if (person.credentials().secondFactor() != null) {
      ModelAndView page = new ModelAndView("people/code");
      page.addObject("person", person);
      page.addObject("state", factors.state(person.id()));
      page.addObject("passkeys", person.credentials().secondFactor() == SecondFactor.PASSKEY);
      return page;
    }
    Optional<TotpEnrolment> begun =
        factors.isNeeded(person) ? enrolments.begun(person, login.get().name()) : Optional.empty();
    if (begun.isEmpty()) {
      return late();
    }
    ModelAndView page = new ModelAndView("people/enrol");
    page.addObject("person", person);
    page.addObject("enrolment", begun.get());
    return page;
  }

  @PostMapping
  ModelAndView check(
      @RequestParam(defaultValue = "") String code,
      HttpServletRequest request,
      HttpServletResponse response) {
    Optional<UnfinishedLogins.Unfinished> login = logins.find(request);
    if (login.isEmpty() || !factors.isNeeded(login.get().person())) {
      return late();
    }
    Person person = login.get().person();
    String client = browsers.clientOf(request, person.email());
    if (failures.isBlocked(FailedLogins.CONSOLE, client)) {
      return new ModelAndView("redirect:/login?blocked");
    }
    if (person.credentials().secondFactor() == null) {
      return enrol(login.get(), code, client, request, response);
    }
    return switch (as(person, () -> factors.check(person.id(), code))) {
      case TOTP -> complete(person, SessionFactor.TOTP, request, response);
      case RECOVERY_CODE -> complete(person, SessionFactor.RECOVERY_CODE, request, response);
      case WRONG -> wrong(person, client, request);
      case BLOCKED -> {
        wrong(person, client, request);
        yield new ModelAndView("redirect:" + PATH);
      }
    };
  }

  /** The audit log names the person, although nobody is logged in yet. */
  private static <T> T as(Person person, Supplier<T> action) {
    SecurityContext before = SecurityContextHolder.getContext();
    SecurityContext own = SecurityContextHolder.createEmptyContext();
    own.setAuthentication(KeyAuthentication.of(person));
    SecurityContextHolder.setContext(own);
    try {
      return action.get();
    } finally {
      SecurityContextHolder.setContext(before);
    }
  }

  private static ModelAndView late() {
    return new ModelAndView("redirect:/login?late");
  }

  private ModelAndView complete(
      Person person,
      SessionFactor factor,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (!logins.take(request, response)) {
      return late();
    }
    String page = completed.complete(person, factor, request, response);
    return new ModelAndView(
        "redirect:" + (factor == SessionFactor.RECOVERY_CODE ? "/console/profile" : page));
  }

  private ModelAndView enrol(
      UnfinishedLogins.Unfinished login,
      String code,
      String client,
      HttpServletRequest request,
      HttpServletResponse response) {
    Person person = login.person();
    Optional<List<String>> codes =
        as(
            person,
            () ->
                factors.confirm(
                    person.id(), login.name(), code, () -> logins.take(request, response)));
    if (codes.isEmpty()) {
      return logins.find(request).isEmpty() ? late() : wrong(person, client, request);
    }
    ModelAndView page = new ModelAndView("people/recovery-codes");
    page.addObject("codes", codes.get());
    page.addObject("next", completed.complete(person, SessionFactor.TOTP, request, response));
    return page;
  }

  private ModelAndView wrong(Person person, String client, HttpServletRequest request) {
    failures.failed(FailedLogins.CONSOLE, client);
    log.info(
        "a wrong code of the console came from {} after the right password of person {}",
        ClientAddress.of(request.getRemoteAddr()),
        person.id());
    publisher.publishEvent(
        new AuthenticationFailureBadCredentialsEvent(
            UsernamePasswordAuthenticationToken.unauthenticated(person.email(), ""),
            new BadCredentialsException("wrong code")));
    return new ModelAndView("redirect:" + PATH + "?wrong");
  }
}
