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
 * Starts the route that listens to Redis in the background and tries again until it succeeds, so
 * that Redis being away delays no start of the program.
 */
@Component
class RedisSubscription extends SimpleEventNotifierSupport implements DisposableBean {
  static final String ROUTE = "account-changed";
  private static final Logger log = LoggerFactory.getLogger(RedisSubscription.class);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final MailboxThreads threads;
  private final ExecutorService starter = MailboxThreads.occasional("redis");
  private final AtomicBoolean complained = new AtomicBoolean();

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
    if (event instanceof CamelEvent.CamelContextEvent told) {
      later(told.getContext(), Duration.ZERO);
    } else if (event instanceof CamelEvent.RouteEvent told
        && told.getRoute().getRouteId().equals(ROUTE)) {
      // Edited while the program runs.
      later(told.getRoute().getCamelContext(), Duration.ofSeconds(1));
    }
  }

  private void later(CamelContext context, Duration delay) {
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
      complained.set(false);
      log.info("Changes of accounts are heard from other nodes");
    } catch (Exception e) {
      if (!complained.getAndSet(true)) {
        log.warn(
            "Redis is away: changes of accounts on other nodes are found by comparison only ({})",
            e.getMessage());
      }
      later(context, RETRY);
    }
  }

  @Override
  public void destroy() {
    starter.shutdownNow();
  }
}
