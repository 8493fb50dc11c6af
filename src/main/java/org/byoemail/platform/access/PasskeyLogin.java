package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.event.AuthenticationFailureBadCredentialsEvent;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Logs people in with a passkey, which replaces password and second factor. */
@Controller
@RequestMapping("/login/passkey")
class PasskeyLogin {
  private static final Logger log = LoggerFactory.getLogger(PasskeyLogin.class);

  private final Passkeys passkeys;
  private final UnfinishedLogins unfinished;
  private final CompletedLogins completed;
  private final FailedLogins failures;
  private final ApplicationEventPublisher publisher;

  PasskeyLogin(
      Passkeys passkeys,
      UnfinishedLogins unfinished,
      CompletedLogins completed,
      FailedLogins failures,
      ApplicationEventPublisher publisher) {
    this.passkeys = passkeys;
    this.unfinished = unfinished;
    this.completed = completed;
    this.failures = failures;
    this.publisher = publisher;
  }

  @PostMapping("/options")
  ResponseEntity<Map<String, Object>> begin(
      HttpServletRequest request, HttpServletResponse response) {
    try {
      return ResponseEntity.ok(passkeys.beginLogin(request, response));
    } catch (PasskeyRefused e) {
      return ResponseEntity.status(HttpStatus.CONFLICT)
          .body(Map.of("problem", String.valueOf(e.getMessage())));
    }
  }

  @PostMapping
  ModelAndView complete(
      @RequestParam(defaultValue = "") String credential,
      @RequestParam(defaultValue = "") String clientData,
      @RequestParam(defaultValue = "") String authenticatorData,
      @RequestParam(defaultValue = "") String signature,
      @RequestParam(defaultValue = "") String userHandle,
      HttpServletRequest request,
      HttpServletResponse response) {
    String client = ClientAddress.of(request.getRemoteAddr());
    if (failures.isBlocked(FailedLogins.CONSOLE, client)) {
      return new ModelAndView("redirect:/login?blocked");
    }
    Optional<Person> person =
        passkeys.logIn(
            new PasskeyAnswer.Assertion(
                credential, clientData, authenticatorData, signature, userHandle),
            request,
            response);
    if (person.isEmpty()) {
      failures.failed(FailedLogins.CONSOLE, client);
      log.info("a login with an unusable passkey came from {}", client);
      publisher.publishEvent(
          new AuthenticationFailureBadCredentialsEvent(
              UsernamePasswordAuthenticationToken.unauthenticated("", ""),
              new BadCredentialsException("wrong passkey")));
      return new ModelAndView("redirect:/login?passkey");
    }
    unfinished.take(request, response);
    return new ModelAndView(
        "redirect:" + completed.complete(person.get(), SessionFactor.PASSKEY, request, response));
  }
}
