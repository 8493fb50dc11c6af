package org.byoemail.platform.routes.camel;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
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
 * Reports what the routes of this node do, and carries out requests of people. Each task has its
 * own thread: stopping a route may take a minute, during which the node must not appear to be away.
 */
@Component
class RouteControl implements CamelContextConfiguration {
  private static final Logger log = LoggerFactory.getLogger(RouteControl.class);
  private static final long LOOK_MILLIS = 1000;
  private static final long REPORT_MILLIS = 5000;

  private final RouteActivities activities;
  private final RouteCommands commands;
  private final RunningRoutes running;
  private final String node;
  private final Duration drainTimeout;
  private final RouteFailureLog failures;
  private final RouteLock lock;

  /** Routes whose activity could not be read; of the reporting thread. */
  private final Set<String> uncounted = new HashSet<>();

  private boolean unread;
  private boolean unwritten;
  private boolean reported;

  RouteControl(
      RouteActivities activities,
      RouteCommands commands,
      RunningRoutes running,
      NodeIdentity self,
      RouteSettings settings,
      RouteLock lock,
      RouteFailureLog failures) {
    this.activities = activities;
    this.commands = commands;
    this.running = running;
    this.node = self.id();
    this.drainTimeout = settings.drainTimeout();
    this.lock = lock;
    this.failures = failures;
  }

  @Override
  public void beforeApplicationStart(CamelContext context) {
    // There is nothing to report yet.
  }

  @Override
  public void afterApplicationStart(CamelContext context) {
    ScheduledExecutorService worker = thread("route-control");
    ScheduledExecutorService reporter = thread("route-report");
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStopping(CamelContext stopping) {
            worker.shutdownNow();
            reporter.shutdownNow();
          }
        });
    worker.scheduleWithFixedDelay(
        () -> look(context, reporter), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    reporter.scheduleWithFixedDelay(() -> report(context), 0, REPORT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static ScheduledExecutorService thread(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        work -> {
          Thread made = new Thread(work, name);
          made.setDaemon(true);
          return made;
        });
  }

  /** An error that escaped would end the thread silently. */
  private void look(CamelContext context, Executor reporter) {
    try {
      List<RouteCommand> open = commands.open(node);
      unread = false;
      if (!open.isEmpty()) {
        lock.runWithin(LOOK_MILLIS, () -> open.forEach(command -> execute(context, command)));
        reporter.execute(() -> report(context));
      }
    } catch (DataAccessException | TransactionException e) {
      if (!unread) {
        unread = true;
        log.warn("requests for routes cannot be read: {}", e.getMessage());
      }
    } catch (RejectedExecutionException e) {
      log.debug("this node is stopping", e);
    } catch (RuntimeException | Error e) {
      log.error("requests for routes could not be carried out", e);
    }
  }

  /** Leaves the request as it is if the node stops meanwhile. */
  private void execute(CamelContext context, RouteCommand command) {
    if (Thread.currentThread().isInterrupted()) {
      return;
    }
    String problem = run(context.getRouteController(), command);
    if (Thread.currentThread().isInterrupted()) {
      return;
    }
    log.info(
        "route {} {}: requested by {}",
        command.route(),
        problem == null
            ? command.action().done()
            : "not " + command.action().done() + ", " + problem,
        command.requestedBy());
    commands.done(command.id(), problem);
  }

  private void report(CamelContext context) {
    try {
      List<RouteActivity> routes = activity(context);
      if (!routes.isEmpty() || reported) {
        activities.report(routes);
        reported = true;
      }
      unwritten = false;
    } catch (DataAccessException | TransactionException e) {
      if (!unwritten) {
        unwritten = true;
        log.warn("the activity of routes cannot be written: {}", e.getMessage());
      }
    } catch (RuntimeException | Error e) {
      log.error("the activity of routes could not be reported", e);
    }
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
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "the node is stopping";
    } catch (Exception | LinkageError e) {
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
        uncounted.remove(id);
      } catch (Exception e) {
        if (uncounted.add(id)) {
          log.warn("the activity of route {} cannot be read: it is not shown", id, e);
        }
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
