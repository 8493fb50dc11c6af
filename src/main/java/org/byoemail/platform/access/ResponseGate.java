package org.byoemail.platform.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Admits a bounded number of concurrent responses, after authentication, and closes the connection
 * of clients that read too slowly: threads remain for others, and for the health endpoint, which
 * does not pass here.
 */
@Component
class ResponseGate extends OncePerRequestFilter {
  /** Responses that fit into the buffers of a connection. */
  private static final Set<String> SMALL = Set.of("/login", "/error", "/style.css", "/favicon.svg");

  private final ResponseBudget budget;
  private final ProblemResponses problems;
  private final long slowestReader;

  ResponseGate(ResponseBudget budget, ResponseSettings settings, ProblemResponses problems) {
    this.budget = budget;
    this.problems = problems;
    this.slowestReader = settings.slowestReader().toBytes();
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    String path = request.getServletPath();
    boolean reads =
        request.getMethod().equals("GET")
            || request.getMethod().equals("HEAD")
            || path.equals(RequestPath.MCP);
    return !reads
        || SMALL.contains(path)
        || path.equals("/actuator/health")
        || path.startsWith("/actuator/health/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    ResponseBudget.Share share;
    try {
      share = enter(request);
    } catch (ResponsesBusy e) {
      response.setHeader(
          HttpHeaders.RETRY_AFTER, String.valueOf(ResponsesBusy.RETRY_AFTER_SECONDS));
      if (RequestPath.isApi(request)) {
        problems.write(response, HttpStatus.SERVICE_UNAVAILABLE, e.getMessage());
      } else {
        response.sendError(HttpStatus.SERVICE_UNAVAILABLE.value());
      }
      return;
    }
    PacedResponse paced = new PacedResponse(response, slowestReader, System::nanoTime);
    try (share) {
      request.setAttribute(ResponseBudget.SHARE, share);
      chain.doFilter(request, paced);
      paced.finish();
    }
  }

  private ResponseBudget.Share enter(HttpServletRequest request) {
    Authentication who = SecurityContextHolder.getContext().getAuthentication();
    if (who == null || who instanceof AnonymousAuthenticationToken) {
      return budget.enterUnknown(ClientAddress.of(request.getRemoteAddr()));
    }
    return budget.enter(
        who.getPrincipal() instanceof Caller caller && caller.organization() != null
            ? "organization " + caller.organization()
            : "key " + who.getName());
  }
}
