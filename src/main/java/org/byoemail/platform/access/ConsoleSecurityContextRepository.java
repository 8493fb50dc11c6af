package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.stereotype.Component;

/**
 * Recognises who is logged in by the secret in a cookie, and keeps it there at a login. A visitor
 * gets no session, and a request without the cookie costs no statement. Thread-safe.
 */
@Component
public class ConsoleSecurityContextRepository implements SecurityContextRepository {
  private static final ConsoleCookie COOKIE = ConsoleCookie.lax("byo-session", "/");

  /** htmx sends it with the requests that a page makes automatically. */
  static final String POLL = "HX-Request";

  private static final Logger log = LoggerFactory.getLogger(ConsoleSecurityContextRepository.class);
  private static final String FOUND = ConsoleSecurityContextRepository.class.getName();
  private static final String UNAVAILABLE = FOUND + ".UNAVAILABLE";

  private final ConsoleSessions sessions;

  ConsoleSecurityContextRepository(ConsoleSessions sessions) {
    this.sessions = sessions;
  }

  /** The secret that the browser sent; null: none. */
  static @Nullable String token(HttpServletRequest request) {
    return COOKIE.token(request);
  }

  /** The session of a request; empty: nobody is logged in. */
  public Optional<ConsoleSession> session(HttpServletRequest request) {
    return find(request).map(ConsoleSessions.Found::session);
  }

  /**
   * The session of a request.
   *
   * @throws ResourceNotFound if nobody is logged in
   */
  public ConsoleSession requireSession(HttpServletRequest request) {
    return session(request).orElseThrow(() -> new ResourceNotFound("session"));
  }

  /** Whether nobody is logged in because the database could not be asked. */
  static boolean isDatabaseUnavailable(HttpServletRequest request) {
    return request.getAttribute(UNAVAILABLE) != null;
  }

  private Optional<ConsoleSessions.Found> find(HttpServletRequest request) {
    String token = token(request);
    if (token == null) {
      return Optional.empty();
    }
    if (request.getAttribute(FOUND) instanceof Optional<?> known) {
      return known.map(ConsoleSessions.Found.class::cast);
    }
    Optional<ConsoleSessions.Found> found;
    try {
      found = sessions.find(token, request.getHeader(POLL) == null);
    } catch (DataAccessException e) {
      log.warn("a login could not be looked up: {}", e.getMessage());
      request.setAttribute(UNAVAILABLE, true);
      found = Optional.empty();
    }
    request.setAttribute(FOUND, found);
    return found;
  }

  @Override
  @SuppressWarnings("deprecation") // The only way to load that has no default.
  public SecurityContext loadContext(HttpRequestResponseHolder exchange) {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    find(exchange.getRequest())
        .ifPresent(found -> context.setAuthentication(new KeyAuthentication(found.caller())));
    return context;
  }

  /** The same sessions for requests with a key or a password each, which create none. */
  SecurityContextRepository withoutLogin() {
    return new SecurityContextRepository() {
      @Override
      @SuppressWarnings("deprecation") // The only way to load that has no default.
      public SecurityContext loadContext(HttpRequestResponseHolder exchange) {
        return ConsoleSecurityContextRepository.this.loadContext(exchange);
      }

      @Override
      public void saveContext(
          SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
        // Spring Security saves every login that it does not find in a session.
      }

      @Override
      public boolean containsContext(HttpServletRequest request) {
        return ConsoleSecurityContextRepository.this.containsContext(request);
      }
    };
  }

  /** After a login: creates its session. After a logout: ends it. */
  @Override
  public void saveContext(
      SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
    boolean isLogin = context.getAuthentication() instanceof KeyAuthentication;
    if (!isLogin && COOKIE.value(request) != null) {
      // First: the browser is logged out even while the database is unavailable.
      COOKIE.delete(request, response);
    }
    String before = token(request);
    if (before != null) {
      sessions.end(before);
    }
    request.removeAttribute(FOUND);
    if (context.getAuthentication() instanceof KeyAuthentication login) {
      String token =
          sessions.create(
              login.getPrincipal().person(),
              login.loginVersion(),
              login.factor(),
              ClientAddress.of(request.getRemoteAddr()),
              request.getHeader(HttpHeaders.USER_AGENT));
      COOKIE.set(request, response, token, ConsoleCookie.UNTIL_CLOSED);
    }
  }

  @Override
  public boolean containsContext(HttpServletRequest request) {
    return find(request).isPresent();
  }
}
