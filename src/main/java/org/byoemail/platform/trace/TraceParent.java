package org.byoemail.platform.trace;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in a trace, as {@code traceparent} writes it (W3C Trace Context, section 3.2): which
 * trace, the span that what follows belongs to, and whether it is recorded.
 *
 * @param traceId 32 hexadecimal digits, not all of them 0
 * @param spanId 16 hexadecimal digits, not all of them 0
 */
public record TraceParent(String traceId, String spanId, boolean sampled) {
  /** The name of the header, message property and JSON field. */
  public static final String NAME = "traceparent";

  // Later versions may append fields; nothing longer than this is looked at.
  private static final int MAX_LENGTH = 512;
  private static final String CURRENT_VERSION = "00";
  private static final Pattern FORMAT =
      Pattern.compile(
          "(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final int SAMPLED = 1;

  /** What a stranger has written; null if it is missing, too long or malformed. */
  public static @Nullable TraceParent parse(@Nullable Object written) {
    if (!(written instanceof CharSequence text) || text.length() > MAX_LENGTH) {
      return null;
    }
    Matcher fields = FORMAT.matcher(text);
    if (!fields.matches() || fields.group(1).equals(CURRENT_VERSION) && fields.group(5) != null) {
      return null;
    }
    int flags = Integer.parseInt(fields.group(4), 16);
    return new TraceParent(fields.group(2), fields.group(3), (flags & SAMPLED) == SAMPLED);
  }

  /** In version 00: 55 characters. */
  public String text() {
    return CURRENT_VERSION + "-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }

  @Override
  public String toString() {
    return text();
  }
}
