package org.byoemail.operations.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects the problems of several fields, so that all are reported at once. */
final class FieldChecks {
  private final List<FieldProblem> problems = new ArrayList<>();

  /** Adds a problem. */
  void refuse(String field, String reason) {
    problems.add(new FieldProblem(field, reason));
  }

  /** The value; null after a problem was added. */
  <T> @Nullable T read(String field, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      refuse(field, e.getMessage());
      return null;
    }
  }

  /** A required line of text. */
  @Nullable String line(String field, @Nullable String text, int maxLength) {
    if (text == null || text.isBlank()) {
      refuse(field, "is required");
      return null;
    }
    return optionalLine(field, text, maxLength);
  }

  /** An optional line of text; null if it is empty. */
  @Nullable String optionalLine(String field, @Nullable String text, int maxLength) {
    if (text == null || text.isBlank()) {
      return null;
    }
    if (text.length() > maxLength) {
      refuse(field, "must have at most " + maxLength + " characters");
      return null;
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      refuse(field, "has a line break or another control character");
      return null;
    }
    return text.strip();
  }

  /**
   * Ends the collection.
   *
   * @throws FieldsRefused if there are problems
   */
  void done() {
    if (!problems.isEmpty()) {
      throw new FieldsRefused(problems);
    }
  }

  boolean hasProblems() {
    return !problems.isEmpty();
  }
}
