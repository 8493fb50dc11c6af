package org.byoemail.command.doctor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of a check.
 *
 * @param check its name
 * @param detail the observation; never contains a password
 * @param remedy what to do; null if there is nothing to do
 */
record CheckResult(String check, Outcome outcome, String detail, @Nullable String remedy) {

  /** From best to worst. */
  enum Outcome {
    OK,
    SKIPPED,
    WARNING,
    FAILED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static CheckResult ok(String check, String detail) {
    return new CheckResult(check, Outcome.OK, detail, null);
  }

  static CheckResult skipped(String check, String detail) {
    return new CheckResult(check, Outcome.SKIPPED, detail, null);
  }

  static CheckResult warning(String check, String detail, String remedy) {
    return new CheckResult(check, Outcome.WARNING, detail, remedy);
  }

  static CheckResult failed(String check, String detail, String remedy) {
    return new CheckResult(check, Outcome.FAILED, detail, remedy);
  }

  /** One line, with the remedy on a second one. */
  String text() {
    String line = "%-8s %-12s %s".formatted(outcome.word(), check, detail);
    return remedy == null ? line : line + System.lineSeparator() + " ".repeat(22) + "-> " + remedy;
  }

  Map<String, String> json() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("check", check);
    fields.put("outcome", outcome.word());
    fields.put("detail", detail);
    if (remedy != null) {
      fields.put("remedy", remedy);
    }
    return fields;
  }
}
