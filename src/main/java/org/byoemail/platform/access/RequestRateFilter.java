package org.byoemail.platform.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests of a key that has made too many, before their body is read, and tells each
 * client how many are left: {@code RateLimit} and {@code RateLimit-Policy} as in
 * draft-ietf-httpapi-ratelimit-headers-10.
 */
class RequestRateFilter extends OncePerRequestFilter {
  private static final String POLICY = "\"key\"";

  private final RequestRates rates;
  private final ProblemResponses problems;

  RequestRateFilter(RequestRates rates, ProblemResponses problems) {
    this.rates = rates;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Authentication present = SecurityContextHolder.getContext().getAuthentication();
    Optional<RequestRates.Rate> counted =
        present != null && present.getPrincipal() instanceof Caller caller
            ? rates.take(caller)
            : Optional.empty();
    if (counted.isPresent()) {
      RequestRates.Rate rate = counted.get();
      response.setHeader(
          "RateLimit-Policy",
          POLICY + ";q=" + rate.perMinute() + ";w=" + RequestRates.WINDOW.toSeconds());
      response.setHeader(
          "RateLimit", POLICY + ";r=" + rate.left() + ";t=" + seconds(rate.untilFull()));
      if (!rate.isAdmitted()) {
        response.setHeader(
            HttpHeaders.RETRY_AFTER, String.valueOf(Math.max(1, seconds(rate.delay()))));
        problems.write(
            response,
            ProblemCode.RATE_LIMITED,
            "the key may make " + rate.perMinute() + " requests a minute, and has made them");
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private static long seconds(Duration time) {
    return (time.toMillis() + 999) / 1000;
  }
}
