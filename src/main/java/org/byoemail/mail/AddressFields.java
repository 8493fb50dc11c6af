package org.byoemail.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads lists of addresses (RFC 5322 section 3.4) the way they are really sent: groups, comments,
 * routes, names with commas but without quotes. What yields no address is left out.
 */
final class AddressFields {
  private static final int MAX_ADDRESSES = 2_000;
  private static final int MAX_NAME = 200;

  private final String text;
  private final List<NamedAddress> found = new ArrayList<>();
  private final StringBuilder words = new StringBuilder();
  private final StringBuilder comment = new StringBuilder();
  private String angle = "";
  private int pos;

  private AddressFields(String text) {
    this.text = text;
  }

  static List<NamedAddress> parse(String field) {
    AddressFields fields = new AddressFields(field);
    fields.read();
    return List.copyOf(fields.found);
  }

  private void read() {
    while (pos < text.length() && found.size() < MAX_ADDRESSES) {
      char c = text.charAt(pos++);
      switch (c) {
        case '"' -> words.append(quoted());
        case '(' -> comment.append(comment());
        case '<' -> angle = angle();
        case ',', ';' -> end(c == ',');
        case ':' -> words.setLength(0);
        case '>' -> words.append(' ');
        default -> words.append(Character.isWhitespace(c) ? ' ' : c);
      }
    }
    end(false);
  }

  /** A quoted string, which keeps its quotes where it is part of an address. */
  private String quoted() {
    StringBuilder content = new StringBuilder();
    while (pos < text.length() && text.charAt(pos) != '"') {
      if (text.charAt(pos) == '\\' && pos + 1 < text.length()) {
        pos++;
      }
      content.append(text.charAt(pos++));
    }
    pos++;
    boolean local = pos < text.length() && text.charAt(pos) == '@';
    return local ? '"' + content.toString().replaceAll("([\"\\\\])", "\\\\$1") + '"' : content + "";
  }

  private String comment() {
    StringBuilder content = new StringBuilder();
    for (int depth = 1; pos < text.length(); pos++) {
      char c = text.charAt(pos);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0) {
        pos++;
        break;
      }
      content.append(c);
    }
    return content.toString();
  }

  private String angle() {
    int end = text.indexOf('>', pos);
    int from = pos;
    pos = end < 0 ? text.length() : end + 1;
    return text.substring(from, end < 0 ? text.length() : end);
  }

  private void end(boolean comma) {
    String before = words.toString().strip();
    Optional<EmailAddress> address = address(angle.isBlank() ? lastWord(before) : angle);
    if (address.isPresent()) {
      String name = angle.isBlank() ? comment.toString() : before.isEmpty() ? comment + "" : before;
      found.add(new NamedAddress(EncodedWords.decode(name), address.get()));
    } else if (comma && angle.isBlank() && isStartOfName(before)) {
      // "Doe, Jane <jane@example.org>": the comma belongs to the name.
      words.append(',');
      return;
    }
    words.setLength(0);
    comment.setLength(0);
    angle = "";
  }

  private static boolean isStartOfName(String words) {
    return !words.isEmpty() && words.length() <= MAX_NAME && words.indexOf('@') < 0;
  }

  private static String lastWord(String words) {
    int quoteEnd = words.lastIndexOf("\"@");
    int quote = quoteEnd < 1 ? -1 : words.lastIndexOf('"', quoteEnd - 1);
    return words.substring(quote >= 0 ? quote : words.lastIndexOf(' ') + 1);
  }

  private static Optional<EmailAddress> address(String text) {
    // A route in front of the address is to be ignored (RFC 5321 section 4.1.1.3).
    int route = text.startsWith("@") ? text.indexOf(':') + 1 : 0;
    String bare = text.substring(route).strip();
    if (bare.regionMatches(true, 0, "mailto:", 0, 7)) {
      bare = bare.substring(7);
    }
    if (bare.indexOf('@') < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(EmailAddress.parse(bare));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
