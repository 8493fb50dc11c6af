package org.byoemail.support;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

/**
 * Decides what becomes of a test whose programs are not installed: it is skipped on a developer's
 * machine, and fails where {@code BYO_REQUIRE_TEST_SERVERS} is {@code true}.
 */
final class Requirements {
  private static final Path UNPACKED =
      Path.of(System.getenv().getOrDefault("BYO_TEST_SERVERS", "/opt/byo-test-servers"));

  private static final List<Path> FOLDERS =
      Stream.concat(
              Stream.of(System.getenv("PATH").split(":")),
              Stream.of("/usr/sbin", "/sbin", "/usr/lib/dovecot", UNPACKED.toString()))
          .map(Path::of)
          .toList();

  private final boolean binding;

  private Requirements(boolean binding) {
    this.binding = binding;
  }

  static Requirements ofThisMachine() {
    return new Requirements("true".equals(System.getenv("BYO_REQUIRE_TEST_SERVERS")));
  }

  static Requirements binding(boolean binding) {
    return new Requirements(binding);
  }

  /** A program that cannot be installed beside others: where it was unpacked. */
  static Path unpacked(String program) {
    return UNPACKED.resolve(program);
  }

  /**
   * Checks for programs in the search path and Dovecot's own folder, and for what was unpacked.
   *
   * @throws IllegalStateException when one is missing and the requirements are binding
   */
  ConditionEvaluationResult check(String... programs) {
    List<String> missing = new ArrayList<>();
    for (String program : programs) {
      if (FOLDERS.stream().noneMatch(folder -> Files.isExecutable(folder.resolve(program)))) {
        missing.add(program);
      }
    }
    return missing.isEmpty()
        ? enabled("installed: " + String.join(", ", programs))
        : lacking("not installed: " + String.join(", ", missing));
  }

  ConditionEvaluationResult checkRoot() {
    return isRoot() ? enabled("run by root") : lacking("Postfix can only be started by root");
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private ConditionEvaluationResult lacking(String what) {
    String reason = what + " (src/test/servers/install.sh installs the test servers, as root)";
    if (binding) {
      throw new IllegalStateException(reason);
    }
    return disabled(reason);
  }
}
