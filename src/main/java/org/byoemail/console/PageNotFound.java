package org.byoemail.console;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** There is no such thing (any more). */
class PageNotFound extends ResponseStatusException {
  private static final long serialVersionUID = 1;

  PageNotFound(String what) {
    super(HttpStatus.NOT_FOUND, "there is no such " + what);
  }
}
