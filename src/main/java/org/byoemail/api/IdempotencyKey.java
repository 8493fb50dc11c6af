package org.byoemail.api;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Enumeration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.operations.setup.FieldsRefused;
import org.jspecify.annotations.Nullable;

/**
 * The Idempotency-Key header: another way to give the {@code id} of a submission, either bare or as
 * a quoted string of a structured field (RFC 9651).
 */
final class IdempotencyKey {
  static final String HEADER = "Idempotency-Key";

  /** Marks a repeated response. */
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

  /** Describes the header of an operation that takes it. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      in = ParameterIn.HEADER,
      name = HEADER,
      description =
          "The `id` of the submission, if the body has none or the same one: printable ASCII"
              + " characters, or a quoted string of them (RFC 9651).",
      schema = @Schema(type = "string", minLength = 1, maxLength = 402))
  @interface Documented {}

  private IdempotencyKey() {}

  /**
   * The key; null if the request has none.
   *
   * @throws FieldsRefused if it has several, or a malformed one
   */
  static @Nullable String of(Enumeration<String> values) {
    if (!values.hasMoreElements()) {
      return null;
    }
    String value = values.nextElement().strip();
    if (values.hasMoreElements()) {
      throw new FieldsRefused(HEADER, "must be given only once");
    }
    // Checked before the pattern, whose work grows with the length.
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
