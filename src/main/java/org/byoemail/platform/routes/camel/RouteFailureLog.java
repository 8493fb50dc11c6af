package org.byoemail.platform.routes.camel;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeFailedEvent;
import org.apache.camel.spi.CamelEvent.ExchangeFailureHandlingEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.util.URISupport;
import org.byoemail.platform.routes.RouteFailure;
import org.byoemail.platform.routes.RouteSource;
import org.byoemail.platform.routes.RunningRoutes;
import org.springframework.stereotype.Component;

/**
 * The last failures of each route of this node, in memory. Exchanges that do not fail cost nothing.
 * Camel registers every event notifier that is a bean. Safe for use by many threads.
 */
@Component
class RouteFailureLog extends EventNotifierSupport {
  private static final int MAX_FAILURES = 5;
  private static final int MAX_CAUSES = 20;
  private static final String SEEN = "byoRouteFailure";

  private final RunningRoutes routes;
  private final Clock clock;
  private final Map<String, Deque<RouteFailure>> failures = new ConcurrentHashMap<>();

  RouteFailureLog(RunningRoutes routes, Clock clock) {
    this.routes = routes;
    this.clock = clock;
    setIgnoreCamelContextEvents(true);
    setIgnoreCamelContextInitEvents(true);
    setIgnoreRouteEvents(true);
    setIgnoreServiceEvents(true);
    setIgnoreStepEvents(true);
    setIgnoreExchangeCreatedEvent(true);
    setIgnoreExchangeCompletedEvent(true);
    setIgnoreExchangeSentEvents(true);
    setIgnoreExchangeSendingEvents(true);
    setIgnoreExchangeRedeliveryEvents(true);
    setIgnoreExchangeAsyncProcessingStartedEvents(true);
  }

  @Override
  public void notify(CamelEvent event) {
    if (event instanceof ExchangeFailureHandlingEvent handling) {
      record(handling.getExchange(), true);
    } else if (event instanceof ExchangeFailedEvent failed) {
      record(failed.getExchange(), false);
    }
  }

  /** The newest first. */
  List<RouteFailure> of(String route) {
    Deque<RouteFailure> found = failures.get(route);
    if (found == null) {
      return List.of();
    }
    synchronized (found) {
      return List.copyOf(found);
    }
  }

  private void record(Exchange exchange, boolean handled) {
    Throwable failure = exchange.getException();
    if (failure == null) {
      failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    }
    if (failure == null || exchange.getProperty(SEEN) == failure) {
      return;
    }
    exchange.setProperty(SEEN, failure);
    String route =
        Optional.ofNullable(exchange.getProperty(Exchange.FAILURE_ROUTE_ID, String.class))
            .orElse(exchange.getFromRouteId());
    if (route == null) {
      return;
    }
    // The step is known while an error handler of the route handles the failure.
    String step =
        Objects.requireNonNullElse(exchange.getExchangeExtension().getHistoryNodeId(), "");
    Optional<RouteSource> source = routes.find(route);
    RouteFailure recorded =
        new RouteFailure(
            clock.instant(),
            handled,
            step,
            source.map(RouteSource::file).orElse(""),
            source.map(found -> found.lineOf(step)).orElse(0),
            reason(failure));
    Deque<RouteFailure> last = failures.computeIfAbsent(route, id -> new ArrayDeque<>());
    synchronized (last) {
      last.addFirst(recorded);
      while (last.size() > MAX_FAILURES) {
        last.removeLast();
      }
    }
  }

  /** The innermost cause; passwords in endpoints are masked. */
  private static String reason(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < MAX_CAUSES && root.getCause() != null; i++) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return root.getClass().getSimpleName()
        + (message == null
            ? ""
            : ": " + RouteSources.maskedAddresses(String.valueOf(URISupport.sanitizeUri(message))));
  }
}
