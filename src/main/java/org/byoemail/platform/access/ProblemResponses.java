package org.byoemail.platform.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;

/** Writes problem details (RFC 9457) where no controller is reached. */
@Component
public class ProblemResponses {
  private final ObjectMapper json;
  private final String root;

  ProblemResponses(ObjectMapper json, ServerProperties server) {
    this.json = json;
    this.root = Objects.requireNonNullElse(server.getServlet().getContextPath(), "");
  }

  void write(HttpServletResponse response, ProblemCode code, String detail) throws IOException {
    write(response, code.problem(detail));
  }

  /** Gives a problem its code and the address of its page, unless it has them. */
  public void complete(ProblemDetail problem) {
    ProblemCode.complete(problem, root);
  }

  void write(HttpServletResponse response, HttpStatus status, String detail) throws IOException {
    write(response, ProblemDetail.forStatusAndDetail(status, detail));
  }

  /**
   * Writes a problem whatever the client accepts.
   *
   * @throws UncheckedIOException if the client is gone
   */
  public void write(HttpServletResponse response, HttpHeaders headers, ProblemDetail problem) {
    headers.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
    try {
      write(response, problem);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a problem", e);
    }
  }

  private void write(HttpServletResponse response, ProblemDetail problem) throws IOException {
    complete(problem);
    response.setStatus(problem.getStatus());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    json.writeValue(response.getOutputStream(), problem);
  }
}
