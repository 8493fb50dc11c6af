package org.byoemail.api;

import java.util.Enumeration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.operations.setup.FieldsRefused;
import org.jspecify.annotations.Nullable;

/**
 * The header Idempotency-Key: another place for the {@code id} of a submission. Taken as it is, and
 * as the string of a structured field (RFC 9651), which is quoted.
 */
final class IdempotencyKey {
  static final String HEADER = "Idempotency-Key";

  /** Marks the answer to a request that was answered before. */
  static final String REPLAYED = "Idempotent-Replayed";

  private static final int MAX_LENGTH = 200;
  private static final Pattern BARE = Pattern.compile("[\\x21\\x23-\\x7e]{1," + MAX_LENGTH + "}");
  private static final Pattern QUOTED =
      Pattern.compile("\"((?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\"\\\\])*)\"");
  private static final String FORM =
      "must be 1 to "
          + MAX_LENGTH
          + " printable ASCII characters without spaces and quotation marks, or a quoted string of"
          + " them (RFC 9651)";

  private IdempotencyKey() {}

  /**
   * The key; null if the request has none.
   *
   * @throws FieldsRefused if it has several, or one of another form
   */
  static @Nullable String of(Enumeration<String> values) {
    if (!values.hasMoreElements()) {
      return null;
    }
    String value = values.nextElement().strip();
    if (values.hasMoreElements()) {
      throw new FieldsRefused(HEADER, "is there more than once");
    }
    // Before the expression, whose work would grow with the header.
    if (value.length() > 2 * MAX_LENGTH + 2) {
      throw new FieldsRefused(HEADER, FORM);
    }
    if (BARE.matcher(value).matches()) {
      return value;
    }
    Matcher quoted = QUOTED.matcher(value);
    String key = quoted.matches() ? quoted.group(1).replaceAll("\\\\(.)", "$1") : "";
    if (key.isBlank() || key.length() > MAX_LENGTH) {
      throw new FieldsRefused(HEADER, FORM);
    }
    return key;
  }
}
