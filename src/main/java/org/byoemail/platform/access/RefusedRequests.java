package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.stereotype.Component;

/**
 * Answers requests that Spring Security's firewall refuses, which reach neither a filter nor a
 * controller.
 */
@Component
class RefusedRequests implements RequestRejectedHandler {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private final ProblemResponses problems;

  RefusedRequests(ProblemResponses problems) {
    this.problems = problems;
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, RequestRejectedException e)
      throws IOException {
    if (!METHODS.contains(request.getMethod())) {
      response.setHeader(HttpHeaders.ALLOW, String.join(", ", METHODS.stream().sorted().toList()));
      answer(request, response, HttpStatus.METHOD_NOT_ALLOWED, "the method is not supported");
    } else {
      answer(
          request,
          response,
          HttpStatus.BAD_REQUEST,
          "the path is not valid: it may have no empty segments, no dots as segments, no ';' and"
              + " no encoded slashes, percent signs or control characters");
    }
  }

  private void answer(
      HttpServletRequest request, HttpServletResponse response, HttpStatus status, String detail)
      throws IOException {
    if (RequestPath.isApi(request)) {
      problems.write(response, status, detail);
    } else {
      response.sendError(status.value());
    }
  }
}
