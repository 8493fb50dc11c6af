package org.byoemail.format.html;

import java.util.Map;

/**
 * Custom properties (CSS Custom Properties Level 1). They are taken as if all of them were declared
 * at the root: mail declares them there.
 */
final class Variables {
  private static final int MAX_DEPTH = 4;
  private static final int MAX_LENGTH = 1_000;

  private Variables() {}

  /** The value with each {@code var()} replaced; empty where one is unknown. */
  static String resolved(String value, Map<String, String> variables) {
    String text = value;
    for (int i = 0; i < MAX_DEPTH && text.length() <= MAX_LENGTH; i++) {
      int start = text.indexOf("var(");
      if (start < 0) {
        return text;
      }
      int end = CssScanner.end(text, start + 4, ")");
      String inner = text.substring(start + 4, end);
      int comma = inner.indexOf(',');
      String known = variables.get((comma < 0 ? inner : inner.substring(0, comma)).strip());
      if (known == null && comma < 0) {
        return "";
      }
      String used = known == null ? inner.substring(comma + 1) : known;
      text = text.substring(0, start) + used + text.substring(Math.min(end + 1, text.length()));
    }
    return text.contains("var(") ? "" : text;
  }
}
