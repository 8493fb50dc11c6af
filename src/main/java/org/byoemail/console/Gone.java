package org.byoemail.console;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;

/** There is no such thing (any more). */
@ResponseStatus(HttpStatus.NOT_FOUND)
class Gone extends RuntimeException {
  private static final long serialVersionUID = 1;

  Gone(String what) {
    super("there is no such " + what);
  }
}
