package org.byoemail.platform.routes;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The version of a route file that a node runs.
 *
 * @param node its id
 * @param version the first 12 hex digits of the SHA-256 of the file; null if no version of it runs
 * @param problem why a later version does not run; null if absent
 * @param since when the node reported this
 */
public record RouteVersion(
    String node,
    String file,
    @Nullable String version,
    @Nullable RouteProblem problem,
    Instant since) {}
