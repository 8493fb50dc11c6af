package org.byoemail.platform.routes.camel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.LifecycleStrategySupport;
import org.byoemail.platform.routes.LoadedRouteFiles;
import org.byoemail.platform.routes.RouteProblem;
import org.byoemail.platform.routes.RouteSettings;
import org.byoemail.platform.routes.RouteVersions;
import org.byoemail.platform.routes.RoutesReplaced;
import org.byoemail.platform.routes.RunningRoutes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Checks the routes before they start, and watches for changed files while they run. A problem at
 * the start stops the program, since there are no earlier routes to keep running.
 */
@Component
class RouteWatch implements CamelContextConfiguration {
  private static final Logger log = LoggerFactory.getLogger(RouteWatch.class);

  private final RouteSettings settings;
  private final RouteFolders folders;
  private final LoadedRouteFiles files;
  private final RouteVersions versions;
  private final ApplicationEventPublisher events;
  private final RunningRoutes running;
  private final RouteLock lock;
  private Collection<RouteFile> loaded = List.of();
  private long changesSeen;

  RouteWatch(
      RouteSettings settings,
      LoadedRouteFiles files,
      RouteVersions versions,
      RunningRoutes running,
      RouteLock lock,
      ApplicationEventPublisher events,
      Environment environment) {
    this.settings = settings;
    this.files = files;
    this.versions = versions;
    this.events = events;
    this.running = running;
    this.lock = lock;
    this.folders = RouteFolders.of(environment);
  }

  @Override
  public void beforeApplicationStart(CamelContext context) {
    RouteModel model = new RouteModel(context);
    Map<String, RouteFile> byLocation = read(model);
    List<RouteProblem> problems = model.problems(byLocation);
    if (!problems.isEmpty()) {
      throw new BrokenRoutes(problems);
    }
    loaded = byLocation.values();
  }

  @Override
  public void afterApplicationStart(CamelContext context) {
    running.replace(new RouteSources(context).all(loaded));
    RouteReloader reloader =
        new RouteReloader(
            context,
            folders,
            new RouteReplacement(context, settings.drainTimeout()),
            files,
            loaded);
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread made = new Thread(work, "routes");
              made.setDaemon(true);
              return made;
            });
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStopping(CamelContext stopping) {
            end(thread);
          }
        });
    thread.scheduleWithFixedDelay(
        () -> look(context, reloader),
        0,
        settings.scanInterval().toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private void look(CamelContext context, RouteReloader reloader) {
    try {
      if (settings.reload()) {
        // While a person's request is carried out, this is left to the next look.
        lock.runWithin(0, reloader::look);
        long changes = files.snapshot().changes();
        if (changes != changesSeen) {
          changesSeen = changes;
          running.replace(new RouteSources(context).all(reloader.running()));
          events.publishEvent(new RoutesReplaced());
        }
      }
      versions.publish(files.snapshot());
    } catch (RuntimeException | Error e) {
      log.error("the route files could not be compared with the running routes", e);
    }
  }

  /** Waits for a replacement that is under way. */
  private void end(ScheduledExecutorService thread) {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(settings.drainTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("routes were still being replaced");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The files that Camel has read, by their locations. */
  private Map<String, RouteFile> read(RouteModel model) {
    Map<String, String> names = new TreeMap<>();
    for (String location : model.locations()) {
      names.put(location, location);
    }
    Map<String, RouteFile> found = new LinkedHashMap<>();
    try {
      folders
          .scan()
          .forEach(
              (name, stamp) -> {
                String location = stamp.path().toString();
                if (settings.reload() || names.containsKey(location)) {
                  names.put(location, name);
                }
              });
      for (Map.Entry<String, String> each : names.entrySet()) {
        found.put(
            each.getKey(),
            RouteFile.parse(
                each.getValue(), each.getKey(), RouteFolders.read(Path.of(each.getKey()))));
      }
    } catch (IOException e) {
      throw new BrokenRoutes(List.of(new RouteProblem("routes", 0, null, "cannot be read: " + e)));
    } catch (RouteFile.Broken e) {
      throw new BrokenRoutes(List.of(e.problem()));
    }
    return found;
  }
}
