package org.byoemail.command.gateway;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a command that talks to a gateway. */
final class CommandOptions {
  static final String URL = "--url";
  static final String JSON = "--json";
  private static final Set<String> HELP = Set.of("--help", "-h");

  private final Map<String, List<String>> given = new HashMap<>();

  /**
   * Reads options.
   *
   * @param args without the name of the command
   * @param valued options that have a value, in addition to {@code --url}
   * @param flags options that have none, in addition to {@code --json}
   * @throws IllegalArgumentException if there are others, or a value is missing
   */
  CommandOptions(List<String> args, Set<String> valued, Set<String> flags) {
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      int equals = arg.indexOf('=');
      String name = equals < 0 ? arg : arg.substring(0, equals);
      if (HELP.contains(arg) || arg.equals(JSON) || flags.contains(arg)) {
        add(arg, "");
      } else if (!name.equals(URL) && !valued.contains(name)) {
        throw new IllegalArgumentException("unknown argument " + name);
      } else if (equals < 0 && i + 1 == args.size()) {
        throw new IllegalArgumentException(name + " needs a value");
      } else {
        add(name, equals < 0 ? args.get(++i) : arg.substring(equals + 1));
      }
    }
  }

  private void add(String name, String value) {
    given.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
  }

  boolean isHelp() {
    return HELP.stream().anyMatch(given::containsKey);
  }

  boolean has(String name) {
    return given.containsKey(name);
  }

  List<String> all(String name) {
    return given.getOrDefault(name, List.of());
  }

  /**
   * The value of an option; null if it is not given.
   *
   * @throws IllegalArgumentException if it is given twice
   */
  @Nullable String one(String name) {
    if (all(name).size() > 1) {
      throw new IllegalArgumentException(name + " is given twice");
    }
    return all(name).isEmpty() ? null : all(name).get(0);
  }

  URI url() {
    String url = one(URL);
    return AccountsArguments.url(url == null ? AccountsArguments.DEFAULT_URL : url);
  }

  /** The key of the environment; empty if it is missing or none. */
  static Optional<String> key(Map<String, String> environment) {
    return Optional.of(environment.getOrDefault(AccountsArguments.KEY_VARIABLE, "").strip())
        .filter(key -> key.matches("[\\x21-\\x7e]+"));
  }
}
