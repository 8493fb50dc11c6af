package org.byoemail.platform.routes.camel;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.byoemail.platform.routes.RouteProblem;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * One version of a route file. Immutable.
 *
 * @param name such as {@code routes/outbound/send.camel.yaml}, the same on each node
 * @param location where Camel finds it, as an absolute path
 * @param entries the parsed YAML list
 */
record RouteFile(String name, String location, String text, List<?> entries) {
  private static final int VERSION_LENGTH = 12;

  /**
   * Parses the YAML only.
   *
   * @throws Broken if it is not YAML or not a list
   */
  static RouteFile parse(String name, String location, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    try {
      Object parsed = new Yaml(new SafeConstructor(options)).load(text);
      if (parsed == null) {
        return new RouteFile(name, location, text, List.of());
      }
      if (parsed instanceof List<?> entries) {
        return new RouteFile(name, location, text, entries);
      }
      throw new Broken(
          new RouteProblem(name, 1, null, "a route file is a list: its entries begin with '- '"));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      throw new Broken(new RouteProblem(name, line, null, "no YAML: " + e.getProblem()));
    } catch (YAMLException e) {
      throw new Broken(new RouteProblem(name, 0, null, "no YAML: " + e.getMessage()));
    }
  }

  /** The file cannot be parsed. */
  static final class Broken extends RuntimeException {
    private final transient RouteProblem problem;

    Broken(RouteProblem problem) {
      super(problem.toString());
      this.problem = problem;
    }

    RouteProblem problem() {
      return problem;
    }
  }

  /** A short hash of the text. */
  String version() {
    return version(text);
  }

  static String version(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, VERSION_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether two versions differ at most in comments. */
  boolean saysTheSameAs(RouteFile other) {
    return entries.equals(other.entries);
  }

  /** The route configurations of the file by their ids. */
  Map<String, Object> configurations() {
    Map<String, Object> found = new TreeMap<>();
    for (Object entry : entries) {
      if (entry instanceof Map<?, ?> map && map.get("routeConfiguration") instanceof Map<?, ?> it) {
        found.put(Objects.toString(it.get("id"), ""), it);
      }
    }
    return found;
  }

  /** The ids of the configurations that differ between two versions. */
  static Set<String> changedConfigurations(@Nullable RouteFile before, @Nullable RouteFile after) {
    Map<String, Object> old = before == null ? Map.of() : before.configurations();
    Map<String, Object> fresh = after == null ? Map.of() : after.configurations();
    Set<String> changed = new TreeSet<>(old.keySet());
    changed.addAll(fresh.keySet());
    changed.removeIf(id -> Objects.equals(old.get(id), fresh.get(id)));
    return changed;
  }

  /**
   * Duplicate ids of routes and route configurations in the files, each reported at both places,
   * and route configurations without an id.
   */
  static List<RouteProblem> idProblems(Collection<RouteFile> files) {
    List<RouteProblem> problems = new ArrayList<>();
    Map<String, RouteFile> routes = new HashMap<>();
    Map<String, RouteFile> configurations = new HashMap<>();
    for (RouteFile file : files) {
      for (Object entry : file.entries()) {
        problems.addAll(file.idProblems(entry, "route", routes));
        problems.addAll(file.idProblems(entry, "routeConfiguration", configurations));
      }
    }
    return problems;
  }

  private List<RouteProblem> idProblems(Object entry, String kind, Map<String, RouteFile> seen) {
    if (!(entry instanceof Map<?, ?> map) || !(map.get(kind) instanceof Map<?, ?> it)) {
      return List.of();
    }
    if (it.get("id") == null) {
      return kind.equals("route")
          ? List.of()
          : List.of(
              new RouteProblem(
                  name, lineOf(null, List.of(kind)), null, "a " + kind + " needs an id"));
    }
    String id = it.get("id").toString();
    RouteFile first = seen.putIfAbsent(id, this);
    return first == null ? List.of() : List.of(twice(id, first), first.twice(id, this));
  }

  private RouteProblem twice(String id, RouteFile other) {
    return new RouteProblem(
        name, lineOf(id, List.of()), id, "duplicate id, also in " + other.name());
  }

  /** Whether a route of the file uses one of those configurations. */
  boolean usesAnyOf(Set<String> configurations) {
    for (Object entry : entries) {
      if (entry instanceof Map<?, ?> map && map.get("route") instanceof Map<?, ?> it) {
        Object id = it.get("routeConfigurationId");
        if (id != null && configurations.stream().anyMatch(namesOf(id)::contains)) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<String> namesOf(Object configurationId) {
    return List.of(configurationId.toString().split("\\s*,\\s*"));
  }

  /** The first line of a route that contains one of the words; the line of its id if none does. */
  int lineOf(@Nullable String route, List<String> words) {
    List<String> lines = text.lines().toList();
    int from = 0;
    int to = lines.size();
    if (route != null) {
      from = indexOfId(lines, route);
      if (from < 0) {
        return 0;
      }
      to = endOfEntry(lines, from);
    }
    for (String word : words) {
      for (int i = Math.max(0, from); i < to; i++) {
        String line = lines.get(i);
        if (!line.stripLeading().startsWith("#") && line.contains(word)) {
          return i + 1;
        }
      }
    }
    return route == null ? 0 : from + 1;
  }

  private static int indexOfId(List<String> lines, String route) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines
          .get(i)
          .strip()
          .matches("(- )?(id|name):\\s*[\"']?" + Pattern.quote(route) + "[\"']?\\s*(#.*)?")) {
        return i;
      }
    }
    return -1;
  }

  private static int endOfEntry(List<String> lines, int from) {
    for (int i = from + 1; i < lines.size(); i++) {
      if (lines.get(i).startsWith("- ")) {
        return i;
      }
    }
    return lines.size();
  }

  /** The lines of a route, and the number of the first one; 0 and no text if it is not found. */
  record Excerpt(int line, String text) {}

  Excerpt excerpt(String route) {
    List<String> lines = text.lines().toList();
    int at = indexOfId(lines, route);
    if (at < 0) {
      return new Excerpt(0, "");
    }
    int from = at;
    while (from > 0 && !lines.get(from).startsWith("- ")) {
      from--;
    }
    int to = endOfEntry(lines, from);
    while (to > from && isNoCode(lines.get(to - 1))) {
      to--;
    }
    return new Excerpt(from + 1, String.join("\n", lines.subList(from, to)));
  }

  private static boolean isNoCode(String line) {
    return line.isBlank() || line.startsWith("#");
  }

  /** Whether the file mentions an id or endpoint. */
  boolean mentions(String word) {
    return text.contains(word);
  }
}
