package org.byoemail.account.connection;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the items of a FETCH response (RFC 9051 section 9, msg-att). */
final class FetchItemTokenizer {
  private static final int DEEPEST = 30;

  private final List<byte[]> parts;
  private int part;
  private int at;

  /**
   * @param parts text and literals, alternating
   * @param from the index of the first item in the first part
   */
  FetchItemTokenizer(List<byte[]> parts, int from) {
    this.parts = parts;
    this.at = from;
  }

  Map<String, @Nullable Object> items() {
    Map<String, @Nullable Object> items = new HashMap<>();
    skip('(');
    while (!isOver() && !isNext(')')) {
      String name = atom().toUpperCase(Locale.ROOT);
      if (name.isEmpty()) {
        throw unreadable();
      }
      if (name.equals("BODY") && isNext('[')) {
        name += atom();
      }
      items.put(name, value(0));
    }
    return items;
  }

  private @Nullable Object value(int depth) {
    if (depth > DEEPEST) {
      throw unreadable();
    }
    spaces();
    if (at >= text().length) {
      return literal();
    }
    if (isNext('(')) {
      at++;
      List<@Nullable Object> list = new ArrayList<>();
      while (!isNext(')')) {
        list.add(value(depth + 1));
      }
      at++;
      return list;
    }
    if (isNext('"')) {
      return quoted();
    }
    String atom = atom();
    if (atom.isEmpty()) {
      throw unreadable();
    }
    return atom.equalsIgnoreCase("NIL") ? null : atom;
  }

  private byte[] literal() {
    if (part + 2 >= parts.size()) {
      throw unreadable();
    }
    byte[] literal = parts.get(part + 1);
    part += 2;
    at = 0;
    return literal;
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    for (at++; at < text().length && text()[at] != '"'; at++) {
      if (text()[at] == '\\' && at + 1 < text().length) {
        at++;
      }
      value.append((char) (text()[at] & 0xff));
    }
    if (at >= text().length) {
      throw unreadable();
    }
    at++;
    return value.toString();
  }

  /** Up to a space or parenthesis, except those in brackets. */
  private String atom() {
    spaces();
    int start = at;
    int brackets = 0;
    while (at < text().length) {
      byte b = text()[at];
      if (brackets == 0 && (isBlank(b) || b == '(' || b == ')' || b == '"')) {
        break;
      }
      brackets += b == '[' ? 1 : b == ']' && brackets > 0 ? -1 : 0;
      at++;
    }
    return new String(text(), start, at - start, StandardCharsets.ISO_8859_1);
  }

  /** Whether the end is reached; some servers omit the closing parenthesis. */
  private boolean isOver() {
    spaces();
    return at >= text().length && part + 2 >= parts.size();
  }

  private boolean isNext(char wanted) {
    if (isOver()) {
      throw unreadable();
    }
    return at < text().length && text()[at] == wanted;
  }

  private void skip(char wanted) {
    if (!isNext(wanted)) {
      throw unreadable();
    }
    at++;
  }

  private void spaces() {
    while (at < text().length && isBlank(text()[at])) {
      at++;
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  private byte[] text() {
    return parts.get(part);
  }

  private static IllegalArgumentException unreadable() {
    return new IllegalArgumentException("a FETCH response cannot be read");
  }
}
