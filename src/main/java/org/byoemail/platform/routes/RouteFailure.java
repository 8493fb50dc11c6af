package org.byoemail.platform.routes;

import java.time.Instant;

/**
 * An exchange that failed in a route.
 *
 * @param handled whether the route's error handling dealt with it; the exchange then counts as
 *     completed
 * @param step id of the step; empty if unknown
 * @param file of the route
 * @param line of the step in the file; 0 if unknown
 * @param reason the exception and its message, on one line
 */
public record RouteFailure(
    Instant at, boolean handled, String step, String file, int line, String reason) {
  private static final int MAX_REASON = 300;

  public RouteFailure {
    step = oneLine(step);
    reason = oneLine(reason);
    if (reason.length() > MAX_REASON) {
      boolean pair = Character.isHighSurrogate(reason.charAt(MAX_REASON - 1));
      reason = reason.substring(0, pair ? MAX_REASON - 1 : MAX_REASON) + "…";
    }
  }

  /** Without control characters: JSON in the database cannot have a NUL. */
  static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").strip();
  }
}
