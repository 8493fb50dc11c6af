package org.byoemail.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Hides data of other organisations from people who see only one: the row that a path of the
 * console names by {@code {id}}, and the rows that its parameters name. A path whose rows are not
 * known here is hidden. Lists are filtered by the pages themselves. Safe for use by many threads.
 */
@Configuration(proxyBeanMethods = false)
class ConsoleScope implements WebMvcConfigurer, HandlerInterceptor {
  private static final String ROOT = "console";
  private static final Pattern SEPARATORS = Pattern.compile("[\\s,]+");

  /** The parameters that name rows, and what they name. */
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "agent", "agents",
          "agents", "agents",
          "account", "accounts");

  private final Map<String, BiPredicate<Caller, UUID>> rows = new HashMap<>();

  ConsoleScope(List<RowAccess> access) {
    access.forEach(one -> rows.putAll(one.byPath()));
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns("/console/**");
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    Optional<Caller> limited = Viewer.find().filter(caller -> caller.organization() != null);
    if (limited.isEmpty()) {
      return true;
    }
    String pattern =
        String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
    if (pattern.contains("{") && !pattern.contains("**")) {
      check(limited.get(), kind(pattern), variables(request).get("id"));
    }
    PARAMETERS.forEach(
        (name, kind) -> {
          String[] values = request.getParameterValues(name);
          for (String value : values == null ? new String[0] : values) {
            // Some parameters name several rows, separated.
            for (String id : SEPARATORS.split(value.strip())) {
              if (!id.isEmpty()) {
                check(limited.get(), kind, id);
              }
            }
          }
        });
    return true;
  }

  private void check(Caller caller, String kind, @Nullable String id) {
    BiPredicate<Caller, UUID> row = rows.get(kind);
    Optional<UUID> named = id == null ? Optional.empty() : uuid(id);
    if (row == null || named.isEmpty() || !row.test(caller, named.get())) {
      throw new ResourceNotFound("page");
    }
  }

  private static String kind(String pattern) {
    String[] words = pattern.split("/");
    return words.length > 2 && words[1].equals(ROOT) ? words[2] : "";
  }

  @SuppressWarnings("unchecked") // By the contract of the attribute.
  private static Map<String, String> variables(HttpServletRequest request) {
    Object variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
    return variables == null ? Map.of() : (Map<String, String>) variables;
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text.strip()));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // No row has such an id.
    }
  }
}
