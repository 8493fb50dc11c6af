package org.byoemail.platform.hook;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The routes of hooks. Safe for use by many threads. */
public interface HookRoutes {
  /** Whether there is such a route, started or not. */
  boolean has(HookPoint point);

  /**
   * Runs the route, on the thread of the caller.
   *
   * @return its body: null, a map, or JSON as bytes, cut after {@code maxBytes + 1}
   * @throws Exception if the route fails, or waits when the thread is interrupted
   */
  @Nullable Object run(HookPoint point, Map<String, Object> body, int maxBytes) throws Exception;
}
