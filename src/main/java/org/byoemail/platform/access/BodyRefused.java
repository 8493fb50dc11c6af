package org.byoemail.platform.access;

import java.io.IOException;
import org.springframework.http.HttpStatus;

/** The body of a request exceeds a limit and is not read to its end. */
final class BodyRefused extends IOException {
  private static final long serialVersionUID = 1;

  private final HttpStatus status;

  private BodyRefused(HttpStatus status, String why) {
    super(why);
    this.status = status;
  }

  static BodyRefused tooLarge(long limit) {
    return new BodyRefused(
        HttpStatus.PAYLOAD_TOO_LARGE,
        "the body is larger than the " + limit + " bytes that are allowed");
  }

  static BodyRefused tooSlow() {
    return new BodyRefused(HttpStatus.REQUEST_TIMEOUT, "the body arrives too slowly");
  }

  static BodyRefused tooMany() {
    return new BodyRefused(
        HttpStatus.SERVICE_UNAVAILABLE, "too many requests wait for their bodies; try again");
  }

  /** The status of the response. */
  HttpStatus status() {
    return status;
  }
}
