package org.byoemail.format.authentication;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.byoemail.format.mime.MailHeaders;

/**
 * The start and the end of a body, by which a Content-Type that nobody signed can be checked: one
 * that was changed on the way would hide parts of a signed body, or show its source. Gmail signs
 * MIME-Version, but not Content-Type.
 */
final class BodyShape {
  private static final int MAX_START = 8 << 10;
  private static final int MAX_END = 1 << 10;
  private static final Pattern PART = Pattern.compile("^--[^\\s-].*\\R[Cc]ontent-[A-Za-z-]+:");
  private static final Pattern DOCUMENT =
      Pattern.compile("(?i)^<(!doctype\\s+html|html|head|body|meta|table|div|p)\\b");
  private static final Pattern TAG = Pattern.compile("<[A-Za-z!/]");

  private final byte[] start = new byte[MAX_START];
  private int started;
  private final byte[] end = new byte[2 * MAX_END];
  private int ended;

  void update(byte[] bytes, int length) {
    int room = Math.min(MAX_START - started, length);
    System.arraycopy(bytes, 0, start, started, room);
    started += room;
    int from = Math.max(0, length - MAX_END);
    int added = length - from;
    if (ended + added > end.length) {
      int kept = Math.min(ended, MAX_END);
      System.arraycopy(end, ended - kept, end, 0, kept);
      ended = kept;
    }
    System.arraycopy(bytes, from, end, ended, added);
    ended += added;
  }

  /** Whether the type that the header names is the one that the body was written in. */
  boolean fits(MailHeaders headers) {
    String first = text(start, started).stripLeading();
    String encoding = headers.first("Content-Transfer-Encoding").orElse("").strip();
    if (headers.type().startsWith("multipart/")) {
      return isDelimited(first, headers.boundary());
    }
    if (PART.matcher(first).lookingAt()) {
      return false;
    }
    if (encoding.equalsIgnoreCase("base64")) {
      return true;
    }
    return headers.type().equals("text/html")
        ? TAG.matcher(first).find()
        : !DOCUMENT.matcher(first).lookingAt();
  }

  /**
   * Whether the first line that may delimit parts, and the last line, are those of the boundary.
   */
  private boolean isDelimited(String first, String boundary) {
    String delimiter = "--" + boundary;
    List<String> last = text(end, ended).strip().lines().toList();
    return first
            .lines()
            .filter(line -> line.startsWith("--"))
            .findFirst()
            .filter(line -> line.stripTrailing().equals(delimiter))
            .isPresent()
        && !last.isEmpty()
        && last.get(last.size() - 1).equals(delimiter + "--");
  }

  private static String text(byte[] bytes, int length) {
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }
}
