package org.byoemail.api;

import io.swagger.v3.oas.annotations.Hidden;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.byoemail.outbound.bounce.PostmarkReports;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes what Postmark posts. Its URL holds a password (HTTP Basic, RFC 7617), as Postmark offers
 * it; the user name does not matter.
 */
@Hidden
@RestController
class PostmarkWebhookController {
  private static final Logger log = LoggerFactory.getLogger(PostmarkWebhookController.class);
  private static final String SCHEME = "basic ";

  private final PostmarkReports reports;

  PostmarkWebhookController(PostmarkReports reports) {
    this.reports = reports;
  }

  @PostMapping("/hooks/postmark")
  ResponseEntity<?> report(
      @RequestHeader(value = HttpHeaders.AUTHORIZATION, required = false)
          @Nullable String authorization,
      @RequestBody byte[] body) {
    if (!reports.areTaken()) {
      return problem(
          HttpStatus.NOT_FOUND, "byo.transport.postmark.webhook.secret is not set on this gateway");
    }
    if (!reports.isSecret(password(authorization))) {
      return ResponseEntity.status(HttpStatus.UNAUTHORIZED)
          .header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"byo-email\"")
          .body(
              ProblemDetail.forStatusAndDetail(
                  HttpStatus.UNAUTHORIZED,
                  "put the secret of byo.transport.postmark.webhook into the URL as password"));
    }
    try {
      reports.record(body);
      return ResponseEntity.ok().build();
    } catch (IllegalArgumentException e) {
      log.warn("Postmark posted what cannot be read: {}", e.getMessage());
      return problem(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  private static ResponseEntity<ProblemDetail> problem(HttpStatus status, String detail) {
    return ResponseEntity.status(status).body(ProblemDetail.forStatusAndDetail(status, detail));
  }

  private static @Nullable String password(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    try {
      String pair =
          new String(
              Base64.getDecoder().decode(authorization.substring(SCHEME.length()).strip()),
              StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? null : pair.substring(colon + 1);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
