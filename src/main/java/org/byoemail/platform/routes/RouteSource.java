package org.byoemail.platform.routes;

import java.util.List;

/**
 * A route as defined in its file.
 *
 * @param description a sentence; empty if the file has none
 * @param file such as {@code routes/outbound/send.camel.yaml}
 * @param line the first line of the route in the file; 0 if unknown
 * @param yaml the lines of the route; values that look like secrets are masked
 * @param from where its exchanges come from
 * @param steps the steps that process them
 * @param onFailure the steps if that fails
 */
public record RouteSource(
    String id,
    String description,
    String file,
    int line,
    String yaml,
    RouteStep from,
    List<RouteStep> steps,
    List<RouteStep> onFailure) {

  /** The line of a step; the first line of the route if it is unknown. */
  public int lineOf(String step) {
    for (List<RouteStep> part : List.of(steps, onFailure)) {
      for (RouteStep each : part) {
        RouteStep found = each.find(step);
        if (found != null && found.line() > 0) {
          return found.line();
        }
      }
    }
    return line;
  }
}
