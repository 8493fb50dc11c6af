package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/**
 * Completes logins that Spring Security's form does not: at the provider, with a second factor,
 * with a passkey. Thread-safe.
 */
@Component
class CompletedLogins {
  private final ConsoleSecurityContextRepository sessions;
  private final KnownBrowsers browsers;
  private final ApplicationEventPublisher publisher;
  private final ConsoleRequestCache asked = new ConsoleRequestCache();

  CompletedLogins(
      ConsoleSecurityContextRepository sessions,
      KnownBrowsers browsers,
      ApplicationEventPublisher publisher) {
    this.sessions = sessions;
    this.browsers = browsers;
    this.publisher = publisher;
  }

  /**
   * Creates a new session, and ends the one that the browser had.
   *
   * @return the path of the page that was requested before the login, or else of the overview
   */
  String complete(
      Person person,
      SessionFactor factor,
      HttpServletRequest request,
      HttpServletResponse response) {
    KeyAuthentication login = KeyAuthentication.of(person, factor);
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(login);
    SecurityContextHolder.setContext(context);
    sessions.saveContext(context, request, response);
    browsers.remember(request, response, person.email());
    publisher.publishEvent(new InteractiveAuthenticationSuccessEvent(login, getClass()));
    return asked.take(request, response);
  }
}
