package org.byoemail.format.authentication;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An Authentication-Results field (RFC 8601 section 2.2), read in one pass. Parts of the field
 * repeat what the sender wrote, so quoted strings and comments are read as such.
 *
 * @param server its authserv-id in lower case; empty if it names none
 * @param isMalformed whether it breaks the grammar: it may be read against its author's intent, and
 *     authenticates no sender
 */
public record AuthenticationField(String server, List<Result> results, boolean isMalformed) {
  /** What {@link org.byoemail.format.mime.ParseLimits} keeps of a field. */
  private static final int MAX_LENGTH = 64 << 10;

  private static final int MAX_RESULTS = 100;
  private static final int MAX_COMMENT = 500;

  public AuthenticationField {
    results = List.copyOf(results);
  }

  /**
   * A result.
   *
   * @param method in lower case, such as {@code dkim}, without its version
   * @param result in lower case, such as {@code pass}; empty if it was a quoted string
   * @param properties such as {@code header.from}, their names in lower case, the first value each
   * @param comment the text of its comments
   */
  public record Result(
      String method, String result, Map<String, String> properties, String comment) {
    public Result {
      properties = Map.copyOf(properties);
    }

    /** The value of a property; empty if absent. */
    public String property(String name) {
      return properties.getOrDefault(name, "");
    }
  }

  /** Reads the value of a field. */
  public static AuthenticationField parse(String value) {
    return new Reader(value).read(server(value));
  }

  private static String server(String field) {
    Reader results = new Reader(field);
    results.skipBlanks();
    String server = results.value("=");
    // Some servers begin with their first result.
    while (results.moreInPart()) {
      if (results.field.charAt(results.pos) == '=') {
        return "";
      }
      results.value("=");
    }
    return server.toLowerCase(Locale.ROOT);
  }

  /** The position in a field. */
  private static final class Reader {
    private final String field;
    private final List<Result> results = new ArrayList<>();
    private final StringBuilder comment = new StringBuilder();
    private int pos;
    private boolean malformed;
    private boolean quoted;

    Reader(String field) {
      this.field = field.substring(0, Math.min(field.length(), MAX_LENGTH));
      this.malformed = field.length() > MAX_LENGTH;
    }

    AuthenticationField read(String server) {
      do {
        part();
      } while (pos++ < field.length());
      return new AuthenticationField(server, results, malformed);
    }

    /** The text up to the next semicolon: the authserv-id, or a result with its properties. */
    private void part() {
      String method = "";
      String result = "";
      Map<String, String> properties = new HashMap<>();
      StringBuilder name = new StringBuilder();
      boolean first = true;
      while (moreInPart()) {
        if (field.charAt(pos) != '=') {
          word(name, first);
          continue;
        }
        pos++;
        skipBlanks();
        String value = value("");
        String key = name.toString().toLowerCase(Locale.ROOT);
        name.setLength(0);
        if (first) {
          method = key.split("/", 2)[0];
          result = quoted ? "" : value.toLowerCase(Locale.ROOT);
        } else {
          properties.putIfAbsent(key, value);
        }
        first = false;
      }
      if (!method.isEmpty() && results.size() < MAX_RESULTS) {
        results.add(new Result(method, result, properties, comment.toString()));
      }
      comment.setLength(0);
    }

    /**
     * A word of a name, which blanks may split at its dot or slash. Before a result there is but
     * one.
     */
    private void word(StringBuilder name, boolean first) {
      String word = value("=");
      if (quoted) {
        // No name is in quotes, and this one becomes none that is known.
        name.append('"');
      } else if (name.length() > 0
          && !isJoint(name.charAt(name.length() - 1))
          && !isJoint(word.charAt(0))) {
        if (first) {
          name.append(' ');
        } else {
          name.setLength(0);
        }
      }
      name.append(word);
    }

    private static boolean isJoint(char c) {
      return c == '.' || c == '/';
    }

    /** Whether there is any text before the next semicolon. */
    private boolean moreInPart() {
      skipBlanks();
      return pos < field.length() && field.charAt(pos) != ';';
    }

    /** Skips white space and comments. */
    private void skipBlanks() {
      for (; pos < field.length(); pos++) {
        char c = field.charAt(pos);
        if (c == '(') {
          skipComment();
        } else if (c == ')') {
          malformed = true;
        } else if (!Character.isWhitespace(c)) {
          return;
        }
      }
    }

    /** Ends at the parenthesis that closes it. */
    private void skipComment() {
      int depth = 0;
      for (; pos < field.length(); pos++) {
        char c = field.charAt(pos);
        if (comment.length() < MAX_COMMENT) {
          comment.append(c);
        }
        if (c == '\\') {
          pos++;
        } else if (c == '(') {
          depth++;
        } else if (c == ')' && --depth == 0) {
          return;
        }
      }
      malformed = true;
    }

    /**
     * A word, or a quoted string with what follows it at once, as in the address of a sender.
     *
     * @param ends what ends it, apart from white space, comments and semicolons
     */
    private String value(String ends) {
      StringBuilder text = new StringBuilder();
      quoted = pos < field.length() && field.charAt(pos) == '"';
      if (quoted) {
        quotedString(text);
      }
      for (; pos < field.length(); pos++) {
        char c = field.charAt(pos);
        if (c == ';' || c == '(' || c == ')' || Character.isWhitespace(c) || ends.indexOf(c) >= 0) {
          break;
        }
        // Else what a sender wrote could begin a string that hides what comes after it.
        malformed |= c == '"';
        text.append(c);
      }
      return text.toString();
    }

    private void quotedString(StringBuilder text) {
      for (pos++; pos < field.length(); pos++) {
        char c = field.charAt(pos);
        if (c == '"') {
          pos++;
          return;
        }
        if (c == '\\' && pos + 1 < field.length()) {
          pos++;
        }
        text.append(field.charAt(pos));
      }
      malformed = true;
    }
  }
}
