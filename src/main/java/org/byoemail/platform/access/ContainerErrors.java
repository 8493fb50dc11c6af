package org.byoemail.platform.access;

import jakarta.servlet.RequestDispatcher;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.res.StringManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;

/**
 * Answers requests that Tomcat itself refuses, such as those with a path that it cannot decode:
 * with a problem detail where the API was or may have been meant, else with the status alone.
 */
final class ContainerErrors extends ErrorReportValve {
  private static final Logger log = LoggerFactory.getLogger(ContainerErrors.class);
  private static final HttpStatus HEADER = HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;

  /** What Tomcat says of a request line or a header that exceeds its buffer. */
  private static final String TOO_LONG =
      StringManager.getManager(Http11InputBuffer.class)
          .getString("iib.requestheadertoolarge.error");

  @Override
  protected void report(Request request, Response response, Throwable cause) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    String uri = request.getRequestURI();
    boolean tooLong = isTooLong(request);
    if (tooLong) {
      // Tomcat says 400.
      status = (uri == null ? HttpStatus.URI_TOO_LONG : HEADER).value();
      response.setStatus(status);
    }
    HttpStatus known = HttpStatus.resolve(status);
    String reason = known == null ? "Error" : known.getReasonPhrase();
    String code = ProblemCode.of(HttpStatusCode.valueOf(status)).word();
    // What has no path was not read far enough to tell whom it was for.
    boolean api = uri == null || uri.contains("/api/") || uri.endsWith(RequestPath.MCP);
    String detail =
        !tooLong
            ? "the request line or a header field cannot be read"
            : uri == null
                ? "the path with its query is too long: shorten a parameter"
                : "the header of the request is too large";
    try {
      response.setContentType(
          api ? MediaType.APPLICATION_PROBLEM_JSON_VALUE : MediaType.TEXT_PLAIN_VALUE);
      response.setCharacterEncoding(StandardCharsets.UTF_8.name());
      PrintWriter writer = response.getReporter();
      if (writer != null) {
        // Nothing of the request is repeated.
        writer.write(
            api
                ? "{\"type\":\""
                    + ProblemCode.PATH
                    + "/"
                    + code
                    + "\",\"code\":\""
                    + code
                    + "\",\"title\":\""
                    + reason
                    + "\",\"status\":"
                    + status
                    + ",\"detail\":\""
                    + detail
                    + "\"}"
                : reason + "\n");
        response.finishResponse();
      }
    } catch (IOException e) {
      log.debug("the client is gone before its error was written", e);
    }
  }

  private static boolean isTooLong(Request request) {
    return request.getCoyoteRequest().getAttribute(RequestDispatcher.ERROR_EXCEPTION)
            instanceof IllegalArgumentException refused
        && TOO_LONG.equals(refused.getMessage());
  }
}
