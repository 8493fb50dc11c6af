package org.byoemail.platform.routes.camel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.byoemail.platform.routes.LoadedRouteFiles;
import org.byoemail.platform.routes.RouteProblem;
import org.byoemail.platform.routes.camel.RouteFolders.Stamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the running routes in sync with their files. A version that cannot be built or started
 * changes nothing: the previous routes keep running. Used by one thread, which calls {@link
 * #look()} periodically.
 */
final class RouteReloader {
  private static final Logger log = LoggerFactory.getLogger(RouteReloader.class);

  /**
   * Checks that must find a file unchanged before it counts as complete: a copy may be under way.
   */
  private static final int SETTLED = 2;

  /** The same for a file that is not YAML. */
  private static final int SETTLED_AND_BROKEN = 6;

  /**
   * Checks until a replacement is tried again, after exchanges did not end or routes did not start.
   */
  private static final int LOOKS_UNTIL_RETRY = 60;

  private final RouteFolders folders;
  private final RouteTrial trial;
  private final RouteReplacement replacement;
  private final LoadedRouteFiles files;
  private final Map<String, RouteFile> running = new TreeMap<>();

  /** Files of which not even the earlier routes could be started again. */
  private final Map<String, RouteFile> down = new TreeMap<>();

  private Map<String, Stamp> seen = new TreeMap<>();
  private final Map<String, Integer> unchanged = new HashMap<>();
  private Map<String, Stamp> judged = new TreeMap<>();
  private int looksUntilRetry;
  private boolean unreadable;

  /**
   * @param loaded the files that Camel loaded at its start
   */
  RouteReloader(
      CamelContext context,
      RouteFolders folders,
      RouteReplacement replacement,
      LoadedRouteFiles files,
      Collection<RouteFile> loaded) {
    this.folders = folders;
    this.trial = new RouteTrial(context);
    this.replacement = replacement;
    this.files = files;
    for (RouteFile file : loaded) {
      running.put(file.name(), file);
      files.runs(file.name(), Optional.of(file.version()));
    }
  }

  /** The running versions. */
  Collection<RouteFile> running() {
    return List.copyOf(running.values());
  }

  /**
   * Checks the folders once, and replaces the routes of files that have changed and are complete.
   */
  void look() {
    Map<String, Stamp> found;
    try {
      found = folders.scan();
      unreadable = false;
    } catch (IOException e) {
      if (!unreadable) {
        unreadable = true;
        log.warn(
            "the route folders cannot be read, the current routes keep running: {}", e.toString());
      }
      return;
    }
    count(found);
    boolean retry = looksUntilRetry > 0 && --looksUntilRetry == 0;
    if (found.equals(judged) && !retry || !isSettled(found, SETTLED)) {
      return;
    }
    Map<String, RouteFile> present = new TreeMap<>();
    List<RouteProblem> unread = new ArrayList<>();
    for (Map.Entry<String, Stamp> each : found.entrySet()) {
      RouteFile before = running.get(each.getKey());
      try {
        present.put(each.getKey(), read(each.getKey(), each.getValue(), before));
      } catch (RouteFile.Broken e) {
        if (unchanged.getOrDefault(each.getKey(), 0) < SETTLED_AND_BROKEN) {
          return;
        }
        unread.add(e.problem());
      }
    }
    judged = found;
    judge(present, unread);
  }

  private void count(Map<String, Stamp> found) {
    for (Map.Entry<String, Stamp> each : found.entrySet()) {
      unchanged.merge(
          each.getKey(),
          1,
          (before, one) -> each.getValue().equals(seen.get(each.getKey())) ? before + one : one);
    }
    unchanged.keySet().retainAll(found.keySet());
    // A missing file may be about to be replaced: its folder must be unchanged, too.
    if (!found.keySet().equals(seen.keySet())) {
      found.keySet().forEach(name -> unchanged.put(name, 1));
    }
    seen = found;
  }

  private boolean isSettled(Map<String, Stamp> found, int looks) {
    return found.keySet().stream().allMatch(name -> unchanged.getOrDefault(name, 0) >= looks);
  }

  private static RouteFile read(String name, Stamp stamp, @Nullable RouteFile before) {
    try {
      String text = RouteFolders.read(stamp.path());
      return before != null && before.text().equals(text)
          ? before
          : RouteFile.parse(name, stamp.path().toString(), text);
    } catch (IOException e) {
      throw new RouteFile.Broken(new RouteProblem(name, 0, null, "cannot be read: " + e));
    }
  }

  /**
   * Applies as many changes as run together: a change that causes a problem is postponed until the
   * others have none.
   */
  private void judge(Map<String, RouteFile> present, List<RouteProblem> unread) {
    Map<String, RouteProblem> problems = new TreeMap<>();
    Set<String> changed = new TreeSet<>(running.keySet());
    changed.addAll(present.keySet());
    changed.removeIf(name -> Objects.equals(running.get(name), present.get(name)));
    changed.addAll(down.keySet());
    for (RouteProblem problem : unread) {
      problems.put(problem.file(), problem);
      changed.remove(problem.file());
    }
    looksUntilRetry = 0;
    while (!changed.isEmpty()) {
      Map<String, RouteFile> candidate = candidate(present, changed);
      List<RouteProblem> found =
          needsTrial(candidate, changed) ? trial.problems(candidate.values()) : List.of();
      if (found.isEmpty()) {
        found = replace(candidate, changed);
      }
      if (found.isEmpty()) {
        break;
      }
      List<RouteProblem> own =
          found.stream().filter(each -> changed.contains(each.file())).toList();
      for (RouteProblem problem : own.isEmpty() ? found : own) {
        for (RouteProblem blamed : blame(problem, changed)) {
          problems.putIfAbsent(blamed.file(), blamed);
        }
      }
      if (!changed.removeAll(problems.keySet())) {
        break;
      }
    }
    Set<String> names = new TreeSet<>(files.snapshot().problems().keySet());
    names.removeAll(problems.keySet());
    names.forEach(files::sound);
    problems.values().forEach(files::broken);
  }

  private Map<String, RouteFile> candidate(Map<String, RouteFile> present, Set<String> changed) {
    Map<String, RouteFile> candidate = new TreeMap<>(running);
    for (String name : changed) {
      RouteFile file = present.get(name);
      if (file == null) {
        candidate.remove(name);
      } else {
        candidate.put(name, file);
      }
    }
    return candidate;
  }

  private boolean needsTrial(Map<String, RouteFile> candidate, Set<String> changed) {
    return changed.stream().anyMatch(name -> !saysTheSame(running.get(name), candidate.get(name)));
  }

  private static boolean saysTheSame(@Nullable RouteFile before, @Nullable RouteFile after) {
    return before != null && after != null && before.saysTheSameAs(after);
  }

  /** A problem in an unchanged file is caused by a changed one. */
  private List<RouteProblem> blame(RouteProblem problem, Set<String> changed) {
    if (changed.contains(problem.file())) {
      return List.of(problem);
    }
    List<String> culprits =
        changed.stream()
            .filter(name -> running.containsKey(name) && isNamedBy(problem, running.get(name)))
            .toList();
    return (culprits.isEmpty() ? changed : culprits)
        .stream()
            .map(name -> new RouteProblem(name, 0, null, "its change would break " + problem))
            .toList();
  }

  private static boolean isNamedBy(RouteProblem problem, RouteFile file) {
    String[] words = problem.reason().split("[\\s,;]+");
    return words.length > 0 && file.mentions(words[words.length - 1]);
  }

  /** Replaces the routes of the changed files, and of those that use a changed configuration. */
  private List<RouteProblem> replace(Map<String, RouteFile> candidate, Set<String> changed) {
    Set<String> affected = new TreeSet<>();
    Set<String> configurations = new TreeSet<>();
    for (String name : changed) {
      if (!saysTheSame(running.get(name), candidate.get(name)) || down.containsKey(name)) {
        affected.add(name);
        configurations.addAll(
            RouteFile.changedConfigurations(running.get(name), candidate.get(name)));
      }
    }
    if (!configurations.isEmpty()) {
      candidate.forEach(
          (name, file) -> {
            if (file.usesAnyOf(configurations)) {
              affected.add(name);
            }
          });
    }
    try {
      if (!affected.isEmpty()) {
        replacement.replace(pick(running, affected), pick(candidate, affected));
      }
    } catch (RouteReplacement.StillBusy e) {
      looksUntilRetry = LOOKS_UNTIL_RETRY;
      return changed.stream()
          .map(
              name ->
                  new RouteProblem(
                      name, 0, e.route(), "exchanges were in flight for too long, will retry"))
          .toList();
    } catch (RouteReplacement.NotStarted e) {
      if (e.rollback() != null) {
        log.error(
            "the routes of {} do not run: neither the new ones nor the earlier ones start ({})",
            affected,
            e.rollback().toString());
        looksUntilRetry = LOOKS_UNTIL_RETRY;
        for (String name : affected) {
          if (running.containsKey(name)) {
            down.put(name, running.get(name));
          }
          files.runs(name, Optional.empty());
        }
      }
      return List.of(RouteFailures.problem(e.getCause(), null, pick(candidate, affected)));
    }
    for (String name : changed) {
      RouteFile file = candidate.get(name);
      if (file == null) {
        running.remove(name);
      } else {
        running.put(name, file);
      }
      log.info(file == null ? "{} was deleted, its routes are removed" : "{} is reloaded", name);
    }
    for (String name : affected) {
      down.remove(name);
    }
    affected.addAll(changed);
    for (String name : affected) {
      files.runs(name, Optional.ofNullable(running.get(name)).map(RouteFile::version));
    }
    return List.of();
  }

  private static List<RouteFile> pick(Map<String, RouteFile> from, Set<String> names) {
    return names.stream().map(from::get).filter(Objects::nonNull).toList();
  }
}
