package org.byoemail.platform.routes;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node was asked to do with a route.
 *
 * @param node its id
 * @param requestedBy name of the person or key
 * @param doneAt null: not yet
 * @param problem why it could not be done; null if it was
 */
public record RouteCommand(
    UUID id,
    String node,
    String route,
    RouteAction action,
    String requestedBy,
    Instant requestedAt,
    @Nullable Instant doneAt,
    @Nullable String problem) {}
