package org.byoemail.operations.setup;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reasons why a field or parameter cannot be read, with what would be right. */
public final class FieldReasons {
  private static final Map<Class<?>, String> KNOWN =
      Map.ofEntries(
          Map.entry(int.class, "a whole number"),
          Map.entry(Integer.class, "a whole number"),
          Map.entry(long.class, "a whole number"),
          Map.entry(Long.class, "a whole number"),
          Map.entry(double.class, "a number"),
          Map.entry(Double.class, "a number"),
          Map.entry(boolean.class, "true or false"),
          Map.entry(Boolean.class, "true or false"),
          Map.entry(String.class, "a string"),
          Map.entry(UUID.class, "a UUID"),
          Map.entry(Instant.class, "a time such as 2026-11-24T09:00:00Z"),
          Map.entry(OffsetDateTime.class, "a time such as 2026-11-24T09:00:00Z"));

  private FieldReasons() {}

  /**
   * The reason of a field that is not known.
   *
   * @param known the names that are known there; null: unknown
   */
  public static String unknown(@Nullable Collection<?> known) {
    if (known == null || known.isEmpty()) {
      return "is unknown";
    }
    return "is unknown; known fields: "
        + known.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
  }

  /**
   * The reason of a field whose value has another type.
   *
   * @param type what the value is read as; null: unknown
   */
  public static String wrongType(@Nullable Class<?> type) {
    if (type == null) {
      return "has the wrong type";
    }
    String known = KNOWN.get(type);
    if (known != null) {
      return "must be " + known;
    }
    if (type.isEnum()) {
      return "must be one of "
          + Arrays.stream(type.getEnumConstants())
              .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
    }
    boolean list = type.isArray() || Collection.class.isAssignableFrom(type);
    return list ? "must be a list" : "must be an object";
  }
}
