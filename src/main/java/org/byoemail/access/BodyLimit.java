package org.byoemail.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Holds the bodies of API requests to their limits, behind the check of the key: by the announced
 * length where there is one, and by what is read. Large ones are let in a few at a time, because
 * each is held in memory.
 */
@Component
class BodyLimit extends OncePerRequestFilter {
  private static final Set<String> CARRY_MAIL =
      Set.of("/api/v1/messages", "/api/v1/attachments", "/api/v1/accounts/import");
  private static final int WAIT_SECONDS = 10;

  private final long forMail;
  private final long forOthers;
  private final Semaphore large;
  private final ProblemResponses problems;

  BodyLimit(ApiSettings settings, ProblemResponses problems) {
    this.forMail = settings.maxMessageSize().toBytes();
    this.forOthers = settings.maxRequestSize().toBytes();
    this.large = new Semaphore(settings.concurrentLargeRequests(), true);
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith(request.getContextPath() + "/api/")
        || request.getMethod().equals("GET");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String path = request.getRequestURI().substring(request.getContextPath().length());
    long limit = CARRY_MAIL.contains(path) ? forMail : forOthers;
    long announced = request.getContentLengthLong();
    if (announced > limit) {
      problems.write(response, HttpStatus.PAYLOAD_TOO_LARGE, new BodyTooLarge(limit).getMessage());
      return;
    }
    boolean small = limit <= forOthers || announced >= 0 && announced <= forOthers;
    if (small) {
      chain.doFilter(new BoundedBody(request, limit), response);
    } else if (entered()) {
      try {
        chain.doFilter(new BoundedBody(request, limit), response);
      } finally {
        large.release();
      }
    } else {
      response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(WAIT_SECONDS));
      problems.write(
          response, HttpStatus.SERVICE_UNAVAILABLE, "too many large requests at the same time");
    }
  }

  private boolean entered() {
    try {
      return large.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
