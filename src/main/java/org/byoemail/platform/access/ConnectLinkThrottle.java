package org.byoemail.platform.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses an address that asked for too many connect links that do not exist, before the database
 * is asked. The tokens themselves cannot be guessed: they have 256 random bits.
 */
final class ConnectLinkThrottle extends OncePerRequestFilter {
  private static final String DOOR = "connect";

  /** Where a wrong state or token is a bad request. */
  private static final String SIGN_IN = "/connect/oauth/";

  private final FailedLogins failures;

  ConnectLinkThrottle(FailedLogins failures) {
    this.failures = failures;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String client = ClientAddress.of(request.getRemoteAddr());
    if (failures.isBlocked(DOOR, client)) {
      response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(failures.retryAfterSeconds()));
      response.sendError(HttpStatus.TOO_MANY_REQUESTS.value());
      return;
    }
    chain.doFilter(request, response);
    boolean unknown =
        response.getStatus() == HttpStatus.NOT_FOUND.value()
            || response.getStatus() == HttpStatus.BAD_REQUEST.value()
                && request.getRequestURI().contains(SIGN_IN);
    if (unknown) {
      failures.failed(DOOR, client);
    }
  }
}
