package org.byoemail.command.gateway;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.byoemail.operations.transfer.FileFormat;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the command line.
 *
 * @param importing else: exporting
 * @param url of the gateway, without a slash at the end
 * @param updating whether accounts that exist are changed
 * @param agent of the lines that name none; null: every line must
 * @param organization whose accounts are exported; null: all that the key sees
 * @param file {@code -} is the standard input or output
 */
record AccountsArguments(
    boolean help,
    boolean importing,
    URI url,
    FileFormat format,
    boolean updating,
    @Nullable String agent,
    @Nullable String organization,
    String file) {
  static final String KEY_VARIABLE = "BYO_API_KEY";

  static final String USAGE =
      """
      usage: BYO_API_KEY=... java -jar byo-email.jar accounts import [options] FILE|-
             BYO_API_KEY=... java -jar byo-email.jar accounts export [options] [FILE|-]
             BYO_API_KEY=... java -jar byo-email.jar accounts list [--help]

      Imports accounts from a file, or exports them, over the API of a running gateway.
      The key is taken from the environment, since arguments are seen by other users.

        --url URL             of the gateway (default http://localhost:8080)
        --format csv|jsonl    of the file (default: by its name, else csv)
        --on-conflict ACTION  import: skip leaves an account that exists as it is (default),
                              update changes it
        --agent ID            import: the agent of the lines that name none
        --organization NAME   export: of that organisation only

      Lines that fail are named, the others are taken; the same file again changes nothing.
      Exit status: 0 done, 1 a line failed or the gateway refused, 2 wrong arguments.
      """;

  static final String DEFAULT_URL = "http://localhost:8080";
  private static final AccountsArguments HELP =
      new AccountsArguments(
          true, false, URI.create(DEFAULT_URL), FileFormat.CSV, false, null, null, "-");
  private static final Set<String> OF_IMPORT =
      Set.of("--url", "--format", "--on-conflict", "--agent");
  private static final Set<String> OF_EXPORT = Set.of("--url", "--format", "--organization");

  /**
   * Reads the arguments after {@code accounts}.
   *
   * @throws IllegalArgumentException if they are not valid
   */
  static AccountsArguments parse(List<String> args) {
    if (args.stream().anyMatch(arg -> arg.equals("--help") || arg.equals("-h"))) {
      return HELP;
    }
    String action = args.isEmpty() ? "" : args.get(0);
    if (!action.equals("import") && !action.equals("export")) {
      throw new IllegalArgumentException("the first argument must be import or export");
    }
    boolean importing = action.equals("import");
    Map<String, String> options = new HashMap<>();
    List<String> files = new ArrayList<>();
    for (int i = 1; i < args.size(); i++) {
      String arg = args.get(i);
      if (!arg.startsWith("--")) {
        files.add(arg);
        continue;
      }
      int equals = arg.indexOf('=');
      String name = equals < 0 ? arg : arg.substring(0, equals);
      if (!(importing ? OF_IMPORT : OF_EXPORT).contains(name)) {
        throw new IllegalArgumentException("unknown option " + name);
      }
      if (equals < 0 && i + 1 == args.size()) {
        throw new IllegalArgumentException(name + " needs a value");
      }
      options.put(name, equals < 0 ? args.get(++i) : arg.substring(equals + 1));
    }
    if (files.size() > 1 || importing && files.isEmpty()) {
      throw new IllegalArgumentException(importing ? "give one file" : "give one file at most");
    }
    String file = files.isEmpty() ? "-" : files.get(0);
    return new AccountsArguments(
        false,
        importing,
        url(options.getOrDefault("--url", DEFAULT_URL)),
        format(options.get("--format"), file),
        updating(options.getOrDefault("--on-conflict", "skip")),
        options.get("--agent"),
        options.get("--organization"),
        file);
  }

  static URI url(String text) {
    try {
      URI url = URI.create(text.replaceFirst("/+$", ""));
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (http && url.getHost() != null && url.getUserInfo() == null && url.getQuery() == null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw new IllegalArgumentException("--url must be the http or https address of a gateway");
  }

  private static FileFormat format(@Nullable String word, String file) {
    if (word != null) {
      return FileFormat.of(word)
          .orElseThrow(() -> new IllegalArgumentException("--format must be csv or jsonl"));
    }
    String name = file.toLowerCase(Locale.ROOT);
    boolean json = Arrays.asList(".jsonl", ".ndjson", ".json").stream().anyMatch(name::endsWith);
    return json ? FileFormat.JSONL : FileFormat.CSV;
  }

  private static boolean updating(String word) {
    return switch (word) {
      case "skip" -> false;
      case "update" -> true;
      default -> throw new IllegalArgumentException("--on-conflict must be skip or update");
    };
  }
}
