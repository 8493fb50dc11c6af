package org.byoemail.platform.routes;

import org.jspecify.annotations.Nullable;

/**
 * Why a version of a route file does not run.
 *
 * @param file such as {@code routes/outbound/send.camel.yaml}
 * @param line from 1; 0 if unknown
 * @param route the id of the route; null if the problem concerns the whole file
 * @param reason one line, without secrets
 */
public record RouteProblem(String file, int line, @Nullable String route, String reason) {
  private static final int MAX_REASON = 500;

  public RouteProblem {
    reason = reason.replaceAll("\\p{Cntrl}+", " ").strip();
    if (reason.length() > MAX_REASON) {
      reason = reason.substring(0, MAX_REASON) + "…";
    }
  }

  /** {@code file:line: route x: reason}. */
  @Override
  public String toString() {
    return file
        + (line > 0 ? ":" + line : "")
        + ": "
        + (route == null ? "" : "route " + route + ": ")
        + reason;
  }
}
