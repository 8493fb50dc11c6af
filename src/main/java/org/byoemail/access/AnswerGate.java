package org.byoemail.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets a bounded number of answers be made and read at the same time, behind the check of the key,
 * and closes the connection of who reads too slowly: so there are threads left for others, and for
 * the health of this node, which does not pass here.
 */
@Component
class AnswerGate extends OncePerRequestFilter {
  private final AnswerBudget budget;
  private final ProblemResponses problems;
  private final long slowestReader;

  AnswerGate(AnswerBudget budget, AnswerSettings settings, ProblemResponses problems) {
    this.budget = budget;
    this.problems = problems;
    this.slowestReader = settings.slowestReader().toBytes();
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    return !reads || request.getServletPath().startsWith("/actuator/health");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    AnswerBudget.Share share;
    try {
      share = budget.enter(caller());
    } catch (AnswersBusy e) {
      response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(AnswersBusy.RETRY_AFTER_SECONDS));
      if (request.getServletPath().startsWith("/api/")) {
        problems.write(response, HttpStatus.SERVICE_UNAVAILABLE, e.getMessage());
      } else {
        response.sendError(HttpStatus.SERVICE_UNAVAILABLE.value());
      }
      return;
    }
    PacedResponse paced = new PacedResponse(response, slowestReader, System::nanoTime);
    try (share) {
      request.setAttribute(AnswerBudget.SHARE, share);
      chain.doFilter(request, paced);
      paced.finish();
    }
  }

  private static String caller() {
    Authentication who = SecurityContextHolder.getContext().getAuthentication();
    if (who == null) {
      return "";
    }
    return who.getPrincipal() instanceof Caller caller && caller.organization() != null
        ? "organization " + caller.organization()
        : "key " + who.getName();
  }
}
