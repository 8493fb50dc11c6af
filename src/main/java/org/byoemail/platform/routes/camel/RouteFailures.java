package org.byoemail.platform.routes.camel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.util.URISupport;
import org.byoemail.platform.routes.RouteProblem;
import org.jspecify.annotations.Nullable;

/** Finds file, line and reason for Camel's exceptions about a route. */
final class RouteFailures {
  private static final int MAX_CAUSES = 20;

  /** Parts of Camel's messages that occur in the file. */
  private static final List<Pattern> WORDS =
      List.of(
          Pattern.compile("Unknown parameters=\\[\\{(\\w+)="),
          Pattern.compile("No component found with scheme: ([\\w-]+)"),
          Pattern.compile("endpoint could be found for: ([\\w-]+):"),
          Pattern.compile("Method with name: (\\w+)"),
          Pattern.compile("Property with key \\[([^]]+)]"),
          Pattern.compile("registry for: ([\\w.-]+)"),
          Pattern.compile("Unsupported field: (\\w+)"),
          Pattern.compile("Property not found: (\\w+)"));

  private static final Pattern LINE = Pattern.compile("line (\\d+)");

  private static final Pattern FILE = Pattern.compile("in file:([^,\\s]+),");

  private RouteFailures() {}

  /**
   * Describes a failure, in the file that has the route.
   *
   * @param file the file that was being read; null if several were
   */
  static RouteProblem problem(
      Throwable failure, @Nullable RouteFile file, Collection<RouteFile> files) {
    String route = routeOf(failure);
    Throwable cause = root(failure);
    String reason = reason(cause);
    List<String> words = words(failure);
    Optional<RouteFile> found =
        file != null
            ? Optional.of(file)
            : files.stream()
                .filter(
                    each ->
                        route == null
                            ? each.location().equals(locationIn(cause))
                            : each.lineOf(route, words) > 0)
                .findFirst();
    int line = found.map(each -> each.lineOf(route, words)).orElse(0);
    Matcher stated = LINE.matcher(String.valueOf(failure.getMessage()) + cause.getMessage());
    if (route == null && line == 0 && stated.find()) {
      line = Integer.parseInt(stated.group(1));
    }
    return new RouteProblem(found.map(RouteFile::name).orElse(""), line, route, reason);
  }

  private static String locationIn(Throwable cause) {
    Matcher named = FILE.matcher(String.valueOf(cause.getMessage()));
    return named.find() ? Path.of(named.group(1)).toAbsolutePath().normalize().toString() : "";
  }

  /** The id of the route that failed. */
  static @Nullable String routeOf(Throwable failure) {
    Throwable each = failure;
    for (int i = 0; i < MAX_CAUSES && each != null; i++) {
      if (each instanceof FailedToCreateRouteException create) {
        return create.getRouteId();
      }
      if (each instanceof FailedToStartRouteException start) {
        return start.getRouteId();
      }
      each = each.getCause();
    }
    return null;
  }

  private static List<String> words(Throwable failure) {
    List<String> words = new ArrayList<>();
    Throwable each = failure;
    for (int i = 0; i < MAX_CAUSES && each != null; i++) {
      if (each instanceof NoSuchBeanException bean && bean.getName() != null) {
        words.add(bean.getName());
      }
      if (each instanceof ClassNotFoundException) {
        words.add(String.valueOf(each.getMessage()));
      }
      for (Pattern pattern : WORDS) {
        Matcher matcher = pattern.matcher(String.valueOf(each.getMessage()));
        if (matcher.find()) {
          words.add(matcher.group(1));
        }
      }
      each = each.getCause();
    }
    return words;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < MAX_CAUSES && root.getCause() != null; i++) {
      root = root.getCause();
    }
    return root;
  }

  /** Passwords in endpoints are masked. */
  private static String reason(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (!message.contains(" ")) {
      // Such as the name of a missing class.
      message = cause.getClass().getSimpleName() + ": " + message;
    }
    return String.valueOf(URISupport.sanitizeUri(message)).replaceFirst("(?s)\\s+in file:.*", "");
  }
}
