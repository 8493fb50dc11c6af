package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.SimpleEventNotifierSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Starts the route that subscribes to Redis in the background and retries until it succeeds, so
 * that an unavailable Redis delays no start of the program.
 */
@Component
class RedisSubscription extends SimpleEventNotifierSupport implements DisposableBean {
  static final String ROUTE = "account-changed";
  private static final Logger log = LoggerFactory.getLogger(RedisSubscription.class);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final MailboxThreads threads;
  private final ExecutorService starter = MailboxThreads.occasional("redis");
  private final AtomicBoolean failing = new AtomicBoolean();

  RedisSubscription(MailboxThreads threads) {
    this.threads = threads;
    setIgnoreExchangeEvents(true);
    setIgnoreStepEvents(true);
    setIgnoreServiceEvents(true);
  }

  @Override
  public boolean isEnabled(CamelEvent event) {
    return event.getType() == CamelEvent.Type.CamelContextStarted
        || event.getType() == CamelEvent.Type.RouteAdded;
  }

  @Override
  public void notify(CamelEvent event) {
    if (event instanceof CamelEvent.CamelContextEvent camelEvent) {
      startLater(camelEvent.getContext(), Duration.ZERO);
    } else if (event instanceof CamelEvent.RouteEvent camelEvent
        && camelEvent.getRoute().getRouteId().equals(ROUTE)) {
      // The route was reloaded.
      startLater(camelEvent.getRoute().getCamelContext(), Duration.ofSeconds(1));
    }
  }

  private void startLater(CamelContext context, Duration delay) {
    ScheduledExecutorService timer = threads.timer();
    timer.schedule(
        () -> starter.execute(() -> start(context)), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void start(CamelContext context) {
    Route route = context.getRoute(ROUTE);
    if (route == null
        || !context.isStarted()
        || context.getRouteController().getRouteStatus(ROUTE).isStarted()) {
      return;
    }
    try {
      context.getRouteController().startRoute(ROUTE);
      failing.set(false);
      log.info("Subscribed to account changes of other nodes");
    } catch (Exception e) {
      if (!failing.getAndSet(true)) {
        log.warn(
            "Redis is unavailable: account changes on other nodes are found by reconciliation only ({})",
            e.getMessage());
      }
      startLater(context, RETRY);
    }
  }

  @Override
  public void destroy() {
    starter.shutdownNow();
  }
}
