package org.byoemail.account.connection;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A response of an IMAP server (RFC 9051 section 7), parsed leniently: servers send extra spaces,
 * or omit them. Immutable; {@code toString} reveals nothing, since a response may hold mail.
 */
public final class ImapResponse {
  private static final int MAX_DIGITS = 18;

  private final List<byte[]> parts;
  private final String text;
  private final String tag;
  private final String keyword;
  private final long number;
  private final int rest;

  /**
   * @param parts text and literals, alternating, beginning and ending with text
   */
  ImapResponse(List<byte[]> parts) {
    this.parts = parts;
    this.text = new String(parts.get(0), StandardCharsets.ISO_8859_1);
    int start = word(0);
    boolean marked =
        start < text.length() && (text.charAt(start) == '*' || text.charAt(start) == '+');
    int end = marked ? start + 1 : blank(start);
    this.tag = text.substring(start, end);
    int second = word(end);
    int digits = isUntagged() ? digits(second) : second;
    long parsed = number(text, second, digits);
    int kind = parsed < 0 ? second : word(digits);
    int afterKind = blank(kind);
    this.number = parsed;
    this.keyword = text.substring(kind, afterKind).toUpperCase(Locale.ROOT);
    this.rest = word(afterKind);
  }

  /** The index of the next word. */
  private int word(int from) {
    int at = from;
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** The index after the word. */
  private int blank(int from) {
    int at = from;
    while (at < text.length() && !isBlank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** The index after the digits. */
  private int digits(int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }

  /** The number at that index; -1 if absent. */
  private static long number(String text, int from, int to) {
    if (from == to || to - from > MAX_DIGITS) {
      return -1;
    }
    long value = 0;
    for (int at = from; at < to; at++) {
      char c = text.charAt(at);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + c - '0';
    }
    return value;
  }

  /**
   * The tag: of a command, {@code *} for an untagged response, {@code +} for a continuation
   * request.
   */
  String tag() {
    return tag;
  }

  /** Whether it is a response of that name, such as EXISTS or OK. */
  public boolean is(String kind) {
    return keyword.equals(kind);
  }

  /** The name of the response, such as EXISTS or OK, in upper case; empty if absent. */
  String kind() {
    return keyword;
  }

  boolean isUntagged() {
    return tag.equals("*");
  }

  /** The text up to the first literal. */
  String line() {
    return text;
  }

  /** The message number, as in {@code * 5 EXISTS}; -1 if absent. */
  public long number() {
    return number;
  }

  /** The text after the name, up to the first literal. */
  public String text() {
    return text.substring(rest);
  }

  /** The human-readable text, without the response code. */
  String words() {
    return text().replaceFirst("^\\[[^]]*] ?", "");
  }

  /** The name of the response code; empty if absent. */
  String codeName() {
    String code = code();
    return code == null ? "" : code.substring(0, endOfName(code));
  }

  /** The capabilities in this response, in upper case; null if it has none. */
  @Nullable Set<String> capabilities() {
    String offered = is("CAPABILITY") ? text() : code("CAPABILITY");
    return offered == null
        ? null
        : new HashSet<>(List.of(offered.toUpperCase(Locale.ROOT).strip().split("\\s+")));
  }

  /**
   * The value of a response code, as in {@code * OK [UIDNEXT 5]}; empty for a code without value,
   * null if the code is absent.
   */
  public @Nullable String code(String name) {
    String code = code();
    if (code == null || !code.regionMatches(true, 0, name, 0, name.length())) {
      return null;
    }
    return endOfName(code) == name.length() ? code.substring(name.length()).strip() : null;
  }

  /** The value of a response code as a number; -1 if absent. */
  public long codeNumber(String name) {
    String value = code(name);
    return value == null ? -1 : number(value, 0, value.length());
  }

  private @Nullable String code() {
    if (rest >= text.length() || text.charAt(rest) != '[') {
      return null;
    }
    int end = text.indexOf(']', rest);
    return text.substring(rest + 1, end < 0 ? text.length() : end).strip();
  }

  private static int endOfName(String code) {
    int end = 0;
    while (end < code.length() && !isBlank(code.charAt(end))) {
      end++;
    }
    return end;
  }

  /**
   * The items of a FETCH response by name, in upper case: text is a {@code String}, a literal a
   * {@code byte[]}, a list a {@code List}, NIL a null.
   *
   * @throws IllegalArgumentException if it cannot be parsed
   */
  public Map<String, @Nullable Object> fetched() {
    return new FetchItemTokenizer(parts, rest).items();
  }

  /** The name only. */
  @Override
  public String toString() {
    return "IMAP response " + keyword;
  }
}
