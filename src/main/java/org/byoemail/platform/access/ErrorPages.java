package org.byoemail.platform.access;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/**
 * What is shown where the container, and no controller, found an error: problem details to callers
 * of the API, a page to others. Neither tells of the insides.
 */
@Controller
class ErrorPages implements ErrorController {
  private static final String RETRY_AFTER_SECONDS = "10";

  private final ProblemResponses problems;

  ErrorPages(ProblemResponses problems) {
    this.problems = problems;
  }

  @RequestMapping("/error")
  @Nullable ModelAndView error(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    BodyRefused refused =
        request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof BodyRefused body
            ? body
            : null;
    HttpStatus status =
        refused == null
            ? status(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE))
            : refused.status();
    if (refused != null && status == HttpStatus.SERVICE_UNAVAILABLE) {
      response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    if (RequestPath.isApi(request)) {
      problems.write(
          response, status, refused == null ? status.getReasonPhrase() : refused.getMessage());
      return null;
    }
    return new ModelAndView(
        "error", Map.of("status", status.value(), "reason", status.getReasonPhrase()), status);
  }

  private static HttpStatus status(@Nullable Object code) {
    if (code == null) {
      return HttpStatus.NOT_FOUND; // Somebody asked for this page itself.
    }
    HttpStatus status = code instanceof Integer number ? HttpStatus.resolve(number) : null;
    return status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status;
  }
}
