package org.byoemail.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gathers what is wrong with several fields, so that all of it is told at once. */
final class FieldChecks {
  private final List<FieldProblem> problems = new ArrayList<>();

  /** Notes a problem. */
  void refuse(String field, String reason) {
    problems.add(new FieldProblem(field, reason));
  }

  /** The value, or null after its reason for refusing was noted. */
  <T> @Nullable T read(String field, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      refuse(field, e.getMessage());
      return null;
    }
  }

  /** A line of text that must be there. */
  @Nullable String line(String field, @Nullable String text, int longest) {
    if (text == null || text.isBlank()) {
      refuse(field, "is needed");
      return null;
    }
    return optionalLine(field, text, longest);
  }

  /** A line of text, null where it is empty. */
  @Nullable String optionalLine(String field, @Nullable String text, int longest) {
    if (text == null || text.isBlank()) {
      return null;
    }
    if (text.length() > longest) {
      refuse(field, "must have at most " + longest + " characters");
      return null;
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      refuse(field, "has a line break or another control character");
      return null;
    }
    return text.strip();
  }

  /**
   * Ends the gathering.
   *
   * @throws FieldsRefused where anything was wrong
   */
  void done() {
    if (!problems.isEmpty()) {
      throw new FieldsRefused(problems);
    }
  }

  boolean found() {
    return !problems.isEmpty();
  }
}
