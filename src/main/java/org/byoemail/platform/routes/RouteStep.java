package org.byoemail.platform.routes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step of a route.
 *
 * @param id of the step; Camel makes one where the file has none
 * @param kind Camel's word, such as {@code to}, {@code bean}, {@code choice}, {@code when}
 * @param words what it does, in short, such as a method or an endpoint; without secrets
 * @param line of the file; 0 if unknown
 * @param route the id of the route that it calls; null if it calls none
 * @param steps the steps inside it
 */
public record RouteStep(
    String id, String kind, String words, int line, @Nullable String route, List<RouteStep> steps) {

  /** The step with an id, itself included; null if there is none. */
  @Nullable RouteStep find(String wanted) {
    if (id.equals(wanted)) {
      return this;
    }
    for (RouteStep step : steps) {
      RouteStep found = step.find(wanted);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
