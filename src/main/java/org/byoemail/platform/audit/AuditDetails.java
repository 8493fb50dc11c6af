package org.byoemail.platform.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.byoemail.format.mail.JsonText;
import org.jspecify.annotations.Nullable;

/** The details of an entry, bounded in length, number and depth, since some come from callers. */
final class AuditDetails {
  private static final int MAX_TEXT = 300;
  private static final int MAX_ITEMS = 100;
  private static final int MAX_DEPTH = 3;
  private static final int MAX_BYTES = 16 << 10;

  private AuditDetails() {}

  static String json(ObjectMapper json, Map<String, ?> details) {
    try {
      String written = JsonText.withoutNul(json.writeValueAsString(bounded(details, 0)));
      return written.length() <= MAX_BYTES ? written : "{\"truncated\": true}";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the details cannot be written as JSON", e);
    }
  }

  /** A line of text that PostgreSQL can hold. */
  static String line(String text) {
    String cut = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    return cut.replaceAll("\\p{Cntrl}", " ");
  }

  private static @Nullable Object bounded(@Nullable Object value, int depth) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Map<?, ?> map && depth < MAX_DEPTH) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.entrySet().stream()
          .limit(MAX_ITEMS)
          .forEach(
              entry ->
                  copy.put(
                      line(String.valueOf(entry.getKey())), bounded(entry.getValue(), depth + 1)));
      return copy;
    }
    if (value instanceof Collection<?> list && depth < MAX_DEPTH) {
      return list.stream().limit(MAX_ITEMS).map(item -> bounded(item, depth + 1)).toList();
    }
    return line(String.valueOf(value));
  }
}
