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
  private static final Pattern FIRST_FIELD = Pattern.compile("[ \\t]*\\R[Cc]ontent-[A-Za-z-]+:");

  private static final Pattern BARE_TAG =
      Pattern.compile(
          "(?i)</?(div|p|br|b|i|u|em|strong|span|ul|ol|li|blockquote|pre|code|h[1-6])\\s?/?>");

  /** What HTML shows in another way than as it is written. */
  private static final Pattern MARKUP = Pattern.compile("<[A-Za-z!/?]|&[#A-Za-z]");

  private final byte[] start = new byte[MAX_START];
  private int started;
  private final byte[] end = new byte[2 * MAX_END];
  private int ended;
  private long size;

  void update(byte[] bytes, int length) {
    size += length;
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
    // Text without tags says the same as HTML; with some, it cannot be distinguished from HTML.
    return headers.type().equals("text/html")
        || !DOCUMENT.matcher(first).lookingAt()
        || hidesNothing(first);
  }

  /**
   * Whether what begins as HTML would show the same words as HTML: all of it was seen, and its tags
   * are bare. A comment, an attribute, a style or a title may hide something that the source shows.
   */
  private boolean hidesNothing(String first) {
    return size <= MAX_START && !MARKUP.matcher(BARE_TAG.matcher(first).replaceAll(" ")).find();
  }

  /**
   * Whether the first line that may delimit parts, and the last line, are boundary lines. Some
   * senders do not close the last part: then the body starts with a part, since any line of a text
   * could be made a delimiter that hides what is above it.
   */
  private boolean isDelimited(String first, String boundary) {
    String delimiter = "--" + boundary;
    if (!boundary.isEmpty()
        && first.startsWith(delimiter)
        && FIRST_FIELD.matcher(first.substring(delimiter.length())).lookingAt()) {
      return true;
    }
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
