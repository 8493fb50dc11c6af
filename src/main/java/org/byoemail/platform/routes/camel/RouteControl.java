package org.byoemail.platform.routes.camel;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.api.management.ManagedCamelContext;
import org.apache.camel.api.management.mbean.ManagedRouteMBean;
import org.apache.camel.spi.RouteController;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.LifecycleStrategySupport;
import org.byoemail.platform.cluster.NodeIdentity;
import org.byoemail.platform.routes.RouteActivities;
import org.byoemail.platform.routes.RouteActivity;
import org.byoemail.platform.routes.RouteCommand;
import org.byoemail.platform.routes.RouteCommands;
import org.byoemail.platform.routes.RouteSettings;
import org.byoemail.platform.routes.RouteSource;
import org.byoemail.platform.routes.RunningRoutes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Reports what the routes of this node do, and does what people ask for: a thread of its own looks
 * for requests every second, and reports every fifth time.
 */
@Component
class RouteControl implements CamelContextConfiguration {
  private static final Logger log = LoggerFactory.getLogger(RouteControl.class);
  private static final long LOOK_MILLIS = 1000;
  private static final int LOOKS_PER_REPORT = 5;

  private final RouteActivities activities;
  private final RouteCommands commands;
  private final RunningRoutes running;
  private final String node;
  private final Duration drainTimeout;
  private final RouteFailureLog failures;
  private int looks;
  private boolean failing;
  private boolean reported;

  RouteControl(
      RouteActivities activities,
      RouteCommands commands,
      RunningRoutes running,
      NodeIdentity self,
      RouteSettings settings,
      Clock clock) {
    this.activities = activities;
    this.commands = commands;
    this.running = running;
    this.node = self.id();
    this.drainTimeout = settings.drainTimeout();
    this.failures = new RouteFailureLog(running, clock);
  }

  @Override
  public void beforeApplicationStart(CamelContext context) {
    context.getManagementStrategy().addEventNotifier(failures);
  }

  @Override
  public void afterApplicationStart(CamelContext context) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread made = new Thread(work, "route-control");
              made.setDaemon(true);
              return made;
            });
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStopping(CamelContext stopping) {
            thread.shutdownNow();
          }
        });
    thread.scheduleWithFixedDelay(() -> look(context), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look(CamelContext context) {
    try {
      List<RouteCommand> open = commands.open(node);
      for (RouteCommand command : open) {
        String problem = run(context.getRouteController(), command);
        log.info(
            "route {} {}: requested by {}",
            command.route(),
            problem == null
                ? command.action().done()
                : "not " + command.action().done() + ", " + problem,
            command.requestedBy());
        commands.done(command.id(), problem);
      }
      if (!open.isEmpty() || looks++ % LOOKS_PER_REPORT == 0) {
        report(activity(context));
      }
      failing = false;
    } catch (DataAccessException | TransactionException e) {
      if (!failing) {
        failing = true;
        log.warn(
            "the activity of routes cannot be written, nor requests be read: {}", e.getMessage());
      }
    } catch (RuntimeException e) {
      log.error("the activity of routes could not be reported", e);
    }
  }

  private void report(List<RouteActivity> routes) {
    if (!routes.isEmpty() || reported) {
      activities.report(routes);
      reported = true;
    }
  }

  /** The last failures of this node's routes. */
  RouteFailureLog failures() {
    return failures;
  }

  private @Nullable String run(RouteController routes, RouteCommand command) {
    String route = command.route();
    ServiceStatus status = routes.getRouteStatus(route);
    if (status == null) {
      return "this node does not have the route";
    }
    try {
      long seconds = drainTimeout.toSeconds();
      switch (command.action()) {
        case START -> routes.startRoute(route);
        case STOP -> {
          if (!status.isStopped() && !routes.stopRoute(route, seconds, TimeUnit.SECONDS, true)) {
            return "exchanges were still in flight after " + seconds + " s; it keeps running";
          }
        }
        case SUSPEND -> {
          if (status.isStarted()) {
            routes.suspendRoute(route, seconds, TimeUnit.SECONDS);
          }
        }
        case RESUME -> {
          if (status.isSuspended()) {
            routes.resumeRoute(route);
          } else if (!status.isStarted()) {
            routes.startRoute(route);
          }
        }
      }
      return null;
    } catch (Exception e) {
      log.warn("route {} could not be {}", route, command.action().done(), e);
      return String.valueOf(e.getMessage());
    }
  }

  private List<RouteActivity> activity(CamelContext context) {
    ManagedCamelContext management =
        context.getCamelContextExtension().getContextPlugin(ManagedCamelContext.class);
    List<RouteActivity> found = new ArrayList<>();
    for (Route route : context.getRoutes()) {
      String id = route.getRouteId();
      ManagedRouteMBean counts = management == null ? null : management.getManagedRoute(id);
      ServiceStatus status = context.getRouteController().getRouteStatus(id);
      RouteSource source = running.find(id).orElse(null);
      if (source == null || status == null) {
        continue;
      }
      try {
        found.add(
            new RouteActivity(
                id,
                source.description(),
                source.file(),
                status.name().toLowerCase(Locale.ROOT),
                counts == null ? 0 : counts.getExchangesTotal(),
                counts == null ? 0 : counts.getExchangesFailed(),
                counts == null ? 0 : counts.getExchangesInflight(),
                counts == null ? 0 : Math.max(0, counts.getMeanProcessingTime()),
                counts == null ? null : latest(counts),
                failures.of(id)));
      } catch (Exception e) {
        log.debug("route {} was replaced meanwhile", id, e);
      }
    }
    return found;
  }

  private static @Nullable Instant latest(ManagedRouteMBean counts) {
    Date completed = counts.getLastExchangeCompletedTimestamp();
    Date failed = counts.getLastExchangeFailureTimestamp();
    Date last = completed == null || failed != null && failed.after(completed) ? failed : completed;
    return last == null ? null : last.toInstant();
  }
}
