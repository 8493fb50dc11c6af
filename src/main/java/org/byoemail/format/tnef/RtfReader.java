package org.byoemail.format.tnef;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.byoemail.format.mail.Charsets;

/** Takes the text out of RTF, or the HTML that is wrapped in it (MS-OXRTFEX section 2.1). */
final class RtfReader {
  private static final int MAX_DEPTH = 1_000;
  private static final Charset DEFAULT = Charset.forName("windows-1252");

  /** Groups whose text is not the body's. */
  private static final Set<String> OTHER_TEXT =
      Set.of(
          "colortbl",
          "stylesheet",
          "info",
          "pict",
          "object",
          "header",
          "footer",
          "footnote",
          "listtable",
          "listoverridetable",
          "themedata",
          "mhtmltag",
          "nonshppict",
          "filetbl");

  private final String rtf;
  private final boolean html;
  private final StringBuilder out = new StringBuilder();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Deque<Group> outer = new ArrayDeque<>();
  private final Map<Integer, Charset> fonts = new HashMap<>();
  private Group group = new Group();
  private Charset codePage = DEFAULT;
  private int tooDeep;
  private int fallback;
  private int pos;

  RtfReader(String rtf, boolean html) {
    this.rtf = rtf;
    this.html = html;
  }

  /** What holds until the end of a group. */
  private static final class Group {
    private boolean skipped;
    private boolean tag;
    private boolean onlyRtf;
    private boolean fontTable;
    private int font = -1;
    private int fallbacks = 1;

    Group copy() {
      Group copy = new Group();
      copy.skipped = skipped;
      copy.tag = tag;
      copy.onlyRtf = onlyRtf;
      copy.fontTable = fontTable;
      copy.font = font;
      copy.fallbacks = fallbacks;
      return copy;
    }
  }

  String read() {
    while (pos < rtf.length()) {
      char c = rtf.charAt(pos++);
      switch (c) {
        case '{' -> begin();
        case '}' -> end();
        case '\\' -> control();
        case '\r', '\n' -> {
          // Line breaks of the file are not line breaks of the text.
        }
        default -> character(c);
      }
    }
    flush();
    return out.toString();
  }

  private void begin() {
    flush();
    if (outer.size() >= MAX_DEPTH) {
      tooDeep++;
    } else {
      outer.push(group);
      group = group.copy();
    }
  }

  private void end() {
    flush();
    if (tooDeep > 0) {
      tooDeep--;
    } else if (!outer.isEmpty()) {
      group = outer.pop();
    }
  }

  private void control() {
    if (pos >= rtf.length()) {
      return;
    }
    char c = rtf.charAt(pos);
    if (isLetter(c)) {
      word();
      return;
    }
    pos++;
    switch (c) {
      case '\'' -> hexadecimal();
      case '*' -> group.skipped |= !rtf.startsWith("\\htmltag", pos);
      case '~' -> append("\u00A0");
      case '_' -> append("-");
      case '\r', '\n' -> append("\n");
      case '\\', '{', '}' -> character(c);
      default -> {
        // Marks for an index and for where a word may be divided.
      }
    }
  }

  private void hexadecimal() {
    int high = pos + 1 < rtf.length() ? Character.digit(rtf.charAt(pos), 16) : -1;
    int low = high < 0 ? -1 : Character.digit(rtf.charAt(pos + 1), 16);
    if (low >= 0) {
      pos += 2;
      character((char) (high << 4 | low));
    }
  }

  private void word() {
    int start = pos;
    while (pos < rtf.length() && isLetter(rtf.charAt(pos)) && pos - start < 32) {
      pos++;
    }
    String name = rtf.substring(start, pos);
    int digits = pos;
    if (pos < rtf.length() && rtf.charAt(pos) == '-') {
      pos++;
    }
    while (pos < rtf.length() && isDigit(rtf.charAt(pos)) && pos - digits < 9) {
      pos++;
    }
    boolean numbered = pos > digits && isDigit(rtf.charAt(pos - 1));
    int number = numbered ? Integer.parseInt(rtf.substring(digits, pos)) : 1;
    if (pos < rtf.length() && rtf.charAt(pos) == ' ') {
      pos++;
    }
    apply(name, number, numbered);
  }

  private void apply(String name, int number, boolean numbered) {
    switch (name) {
      case "htmltag" -> group.tag = true;
      case "htmlrtf" -> group.onlyRtf = number != 0;
      case "fonttbl" -> group.fontTable = true;
      case "par", "line", "row", "sect" -> append("\n");
      case "tab", "cell" -> append("\t");
      case "lquote" -> append("\u2018");
      case "rquote" -> append("\u2019");
      case "ldblquote" -> append("\u201C");
      case "rdblquote" -> append("\u201D");
      case "bullet" -> append("\u2022");
      case "endash" -> append("\u2013");
      case "emdash" -> append("\u2014");
      case "u" -> unicode(number);
      case "uc" -> group.fallbacks = Math.max(0, Math.min(number, 8));
      case "bin" ->
          pos = (int) Math.min(rtf.length(), (long) pos + Math.max(0, numbered ? number : 0));
      case "ansicpg" -> codePage = Charsets.ofCodePage(number).orElse(codePage);
      case "f" -> font(number);
      case "fcharset" -> fontCharset(number);
      default -> group.skipped |= OTHER_TEXT.contains(name);
    }
  }

  private void font(int number) {
    flush();
    group.font = number;
  }

  private void fontCharset(int number) {
    if (group.fontTable && fonts.size() < MAX_DEPTH) {
      RtfCharsets.find(number).ifPresent(charset -> fonts.put(group.font, charset));
    }
  }

  private void unicode(int number) {
    append(String.valueOf((char) number));
    fallback = group.fallbacks;
  }

  /** One byte of text. */
  private void character(char c) {
    if (fallback > 0) {
      fallback--;
    } else if (isBody()) {
      bytes.write(c);
    }
  }

  private void append(String text) {
    flush();
    fallback = 0;
    if (isBody()) {
      out.append(text);
    }
  }

  private boolean isBody() {
    return !group.skipped && !group.fontTable && (group.tag || !html || !group.onlyRtf);
  }

  private void flush() {
    if (bytes.size() > 0) {
      out.append(bytes.toString(fonts.getOrDefault(group.font, codePage)).replace("\0", ""));
      bytes.reset();
    }
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
