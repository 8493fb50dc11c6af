package org.byoemail.platform.routes;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a person can request for a route. */
public enum RouteAction {
  START("started"),
  STOP("stopped"),
  SUSPEND("suspended"),
  RESUME("resumed");

  private final String done;

  RouteAction(String done) {
    this.done = done;
  }

  /** The word of the API and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The participle, as in the audit log. */
  public String done() {
    return done;
  }

  public static Optional<RouteAction> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
  }
}
