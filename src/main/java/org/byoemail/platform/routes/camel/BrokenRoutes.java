package org.byoemail.platform.routes.camel;

import java.util.List;
import java.util.stream.Collectors;
import org.byoemail.platform.routes.RouteProblem;

/** The route files cannot run; {@link RouteFailureAnalyzer} shows it without a stack trace. */
final class BrokenRoutes extends RuntimeException {
  BrokenRoutes(List<RouteProblem> problems) {
    super(
        problems.stream().map(RouteProblem::toString).distinct().collect(Collectors.joining("; ")));
  }
}
