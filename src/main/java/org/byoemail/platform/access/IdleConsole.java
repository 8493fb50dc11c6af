package org.byoemail.platform.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Ends a console session that has only been polled by its own pages for as long as an unused login
 * lasts: a list that updates itself on an unattended screen keeps nobody logged in.
 */
class IdleConsole extends OncePerRequestFilter {
  /** htmx sends it with the requests that a page makes by itself. */
  private static final String POLL = "HX-Request";

  private static final String LAST_VISIT = IdleConsole.class.getName();

  private final Duration timeout;
  private final Clock clock;

  IdleConsole(Duration timeout, Clock clock) {
    this.timeout = timeout;
    this.clock = clock;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    HttpSession session = request.getSession(false);
    if (session != null) {
      Instant now = clock.instant();
      if (request.getHeader(POLL) == null) {
        session.setAttribute(LAST_VISIT, now);
      } else if (session.getAttribute(LAST_VISIT) instanceof Instant last
          && last.plus(timeout).isBefore(now)) {
        session.invalidate();
        response.setHeader("HX-Redirect", request.getContextPath() + "/login");
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        return;
      }
    }
    chain.doFilter(request, response);
  }
}
