package org.byoemail.platform.routes;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a route did on a node since it was loaded.
 *
 * @param state {@code started}, {@code suspended} or {@code stopped}, or a transition such as
 *     {@code stopping}
 * @param total exchanges that ended
 * @param failed how many of them failed
 * @param inFlight exchanges that have not ended
 * @param meanMillis mean time of an exchange
 * @param lastAt when the last exchange ended; null if none has
 * @param failures the last ones, the newest first
 */
public record RouteActivity(
    String route,
    String description,
    String file,
    String state,
    long total,
    long failed,
    long inFlight,
    long meanMillis,
    @Nullable Instant lastAt,
    List<RouteFailure> failures) {

  public RouteActivity {
    description = RouteFailure.oneLine(description);
  }

  /** Whether it takes exchanges. */
  public boolean runs() {
    return state.equals("started");
  }
}
