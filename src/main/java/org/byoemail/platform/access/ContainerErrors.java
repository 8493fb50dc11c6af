package org.byoemail.platform.access;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;

/**
 * Answers requests that Tomcat itself refuses, such as those with a path that it cannot decode:
 * with a problem detail where the API was meant, else with the status alone.
 */
final class ContainerErrors extends ErrorReportValve {
  private static final Logger log = LoggerFactory.getLogger(ContainerErrors.class);

  @Override
  protected void report(Request request, Response response, Throwable cause) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    HttpStatus known = HttpStatus.resolve(status);
    String reason = known == null ? "Error" : known.getReasonPhrase();
    String code = ProblemCode.of(HttpStatusCode.valueOf(status)).word();
    boolean api = String.valueOf(request.getRequestURI()).contains("/api/");
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
                    + ",\"detail\":\"the request line or a header field cannot be read\"}"
                : reason + "\n");
        response.finishResponse();
      }
    } catch (IOException e) {
      log.debug("the client is gone before its error was written", e);
    }
  }
}
