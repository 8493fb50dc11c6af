package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.stereotype.Component;

/** Tells a caller of the API what is missing: a key, a permission or a role. */
@Component
class SecurityErrorResponses implements AuthenticationEntryPoint, AccessDeniedHandler {
  private final ProblemResponses problems;

  SecurityErrorResponses(ProblemResponses problems) {
    this.problems = problems;
  }

  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
      throws IOException {
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"byo-email\"");
    problems.write(response, HttpStatus.UNAUTHORIZED, "send a key: Authorization: Bearer <key>");
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException e)
      throws IOException {
    Object result =
        e instanceof AuthorizationDeniedException denied ? denied.getAuthorizationResult() : null;
    String detail =
        result instanceof CallerNeeds.Decision decision
            ? "this needs " + decision.needed()
            : "this key may not do that";
    problems.write(response, HttpStatus.FORBIDDEN, detail);
  }
}
