package org.byoemail.connection;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an IMAP server says in one response (RFC 9051 section 7). Immutable; shows nothing of
 * itself, since it may be somebody's mail.
 */
public final class ImapResponse {
  private final List<byte[]> parts;
  private final String text;
  private final String tag;
  private final String keyword;
  private final long number;
  private final int rest;

  /**
   * @param parts text and literals in turn, text first and last
   */
  ImapResponse(List<byte[]> parts) {
    this.parts = parts;
    this.text = new String(parts.get(0), StandardCharsets.ISO_8859_1);
    int first = end(0);
    this.tag = text.substring(0, first);
    int second = end(first + 1);
    String word = between(first + 1, second);
    if (tag.equals("*") && word.matches("\\d{1,18}")) {
      int third = end(second + 1);
      this.number = Long.parseLong(word);
      this.keyword = between(second + 1, third).toUpperCase(Locale.ROOT);
      this.rest = Math.min(text.length(), third + 1);
    } else {
      this.number = -1;
      this.keyword = word.toUpperCase(Locale.ROOT);
      this.rest = Math.min(text.length(), second + 1);
    }
  }

  private int end(int from) {
    int space = from > text.length() ? -1 : text.indexOf(' ', from);
    return space < 0 ? text.length() : space;
  }

  private String between(int from, int to) {
    return from < to ? text.substring(from, to) : "";
  }

  /** The tag of the command it ends; {@code *} where it ends none, {@code +} to be gone on with. */
  String tag() {
    return tag;
  }

  /** Whether it is of that kind, such as EXISTS or OK. */
  public boolean is(String kind) {
    return keyword.equals(kind);
  }

  boolean isUntagged() {
    return tag.equals("*");
  }

  /** The number before the kind, as in {@code * 5 EXISTS}; -1 where there is none. */
  public long number() {
    return number;
  }

  /** What comes after the kind, up to the first literal. */
  public String text() {
    return text.substring(rest);
  }

  /** The words for people, without the code in front of them. */
  String words() {
    return text().replaceFirst("^\\[[^]]*] ?", "");
  }

  /** The name of the code in front of the words for people; empty where there is none. */
  String codeName() {
    String words = text();
    int end = words.indexOf(']');
    return words.startsWith("[") && end > 0 ? words.substring(1, end).split(" ")[0] : "";
  }

  /** What the server offers, where it says so here: in upper case. */
  @Nullable Set<String> capabilities() {
    String offered = is("CAPABILITY") ? text() : code("CAPABILITY");
    return offered == null
        ? null
        : new HashSet<>(List.of(offered.toUpperCase(Locale.ROOT).trim().split(" +")));
  }

  /** The value of a code, as in {@code * OK [UIDNEXT 5]}: empty where it has none, else null. */
  public @Nullable String code(String name) {
    String words = text();
    int end = words.indexOf(']');
    if (!words.startsWith("[") || end < 0) {
      return null;
    }
    String code = words.substring(1, end);
    if (code.equalsIgnoreCase(name)) {
      return "";
    }
    return code.regionMatches(true, 0, name + " ", 0, name.length() + 1)
        ? code.substring(name.length() + 1)
        : null;
  }

  /**
   * The items of a FETCH response by name, in upper case: text is a {@code String}, a literal a
   * {@code byte[]}, a list a {@code List}, NIL a null.
   *
   * @throws IllegalArgumentException where it cannot be read
   */
  public Map<String, @Nullable Object> fetched() {
    return new ImapTokens(parts, rest).items();
  }

  /** Its kind only. */
  @Override
  public String toString() {
    return "IMAP response " + keyword;
  }
}
