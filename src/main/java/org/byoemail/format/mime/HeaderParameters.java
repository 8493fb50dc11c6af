package org.byoemail.format.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.byoemail.format.mail.Charsets;
import org.byoemail.format.mail.EncodedWords;
import org.jspecify.annotations.Nullable;

/**
 * The value and the parameters of a Content-Type or Content-Disposition field, with the charsets
 * and continuations of RFC 2231, and with what senders write instead: encoded words, raw 8-bit
 * text, blanks without quotes, missing closing quotes.
 *
 * @param value in lower case
 * @param parameters by name in lower case
 * @param charsetGuessed whether what one of them is in had to be guessed
 */
record HeaderParameters(String value, Map<String, String> parameters, boolean charsetGuessed) {
  private static final int MAX_SECTIONS = 999;
  private static final Pattern AROUND_SLASH = Pattern.compile("(?<!\\s)\\s*+/\\s*+");

  HeaderParameters(String value, Map<String, String> parameters) {
    this(value, parameters, false);
  }

  static HeaderParameters parse(@Nullable String field) {
    if (field == null) {
      return new HeaderParameters("", Map.of());
    }
    Scanner scanner = new Scanner(field);
    String value = scanner.first();
    return field.indexOf('*') < 0 ? plain(value, scanner) : extended(value, scanner);
  }

  /** The value alone, without the parameters after it. */
  static String value(String field) {
    return field.isEmpty() ? "" : new Scanner(field).first();
  }

  /** Most fields have no extended parameters (RFC 2231), which have an asterisk in their names. */
  private static HeaderParameters plain(String value, Scanner scanner) {
    Map<String, String> parameters = new HashMap<>();
    boolean guessed = false;
    while (scanner.more()) {
      String name = scanner.name();
      if (scanner.isAssigned()) {
        String sent = scanner.value();
        if (!name.isEmpty() && !parameters.containsKey(name)) {
          EncodedWords.Read read = read(name, sent);
          parameters.put(name, read.text());
          guessed |= read.charsetGuessed();
        }
      }
    }
    return new HeaderParameters(value, Map.copyOf(parameters), guessed);
  }

  private static HeaderParameters extended(String value, Scanner scanner) {
    Map<String, TreeMap<Integer, Section>> sections = new LinkedHashMap<>();
    while (scanner.more()) {
      scanner.parameter(sections);
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    boolean guessed = false;
    for (Map.Entry<String, TreeMap<Integer, Section>> each : sections.entrySet()) {
      Joined joined = join(each.getValue());
      EncodedWords.Read read = read(each.getKey(), joined.text);
      parameters.put(each.getKey(), read.text());
      guessed |= joined.charsetGuessed || read.charsetGuessed();
    }
    return new HeaderParameters(value, Map.copyOf(parameters), guessed);
  }

  /** A boundary is no text: it stands between the parts as it is. */
  private static EncodedWords.Read read(String name, String text) {
    return name.equals("boundary")
        ? new EncodedWords.Read(text, false, false)
        : EncodedWords.read(text);
  }

  /** The parameter of that name; empty if it is missing. */
  String get(String name) {
    return parameters.getOrDefault(name, "");
  }

  private record Section(String text, boolean percentEncoded) {}

  private record Joined(String text, boolean charsetGuessed) {}

  /**
   * Joins {@code name}, {@code name*} or {@code name*0*, name*1...} in any mixture; the extended
   * form wins where it says anything.
   */
  private static Joined join(TreeMap<Integer, Section> parts) {
    Section plain = parts.remove(-1);
    if (parts.values().stream().allMatch(part -> part.text.isBlank())) {
      return new Joined(plain == null ? "" : plain.text, false);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String prefix = "";
    boolean first = true;
    for (Section part : parts.values()) {
      String text = part.text;
      if (part.percentEncoded && first) {
        prefix = prefix(text);
      }
      // Some repeat it in every section.
      if (part.percentEncoded && text.startsWith(prefix)) {
        text = text.substring(prefix.length());
      }
      first = false;
      bytes.writeBytes(part.percentEncoded ? percentDecoded(text) : utf8(text));
    }
    int quote = prefix.indexOf('\'');
    Charsets.Decoded read =
        Charsets.read(bytes.toByteArray(), quote < 0 ? null : prefix.substring(0, quote));
    boolean encoded = parts.values().stream().anyMatch(Section::percentEncoded);
    return new Joined(read.text(), encoded && read.guessed());
  }

  /** The charset and the language with their quotes; empty if they are missing. */
  private static String prefix(String text) {
    int first = text.indexOf('\'');
    int second = first < 0 ? -1 : text.indexOf('\'', first + 1);
    return second < 0 ? "" : text.substring(0, second + 1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] percentDecoded(String text) {
    byte[] in = utf8(text);
    ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
    for (int i = 0; i < in.length; i++) {
      int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
      out.write(low < 0 ? in[i] : high << 4 | low);
      i += low < 0 ? 0 : 2;
    }
    return out.toByteArray();
  }

  private static final class Scanner {
    private final String text;
    private int pos;

    Scanner(String text) {
      this.text = text;
    }

    boolean more() {
      return pos < text.length();
    }

    /** The value in front of the parameters, without comments, quotes and blanks. */
    String first() {
      int start = pos;
      String text = until(";");
      boolean plain = text.indexOf('(') < 0 && text.indexOf('"') < 0;
      String value = (plain ? text : withoutComments(text).replace("\"", "")).strip();
      if (value.indexOf(' ') >= 0 || value.indexOf('\t') >= 0) {
        value = AROUND_SLASH.matcher(value).replaceAll("/");
      }
      int end = 0;
      while (end < value.length() && !isEnd(value.charAt(end))) {
        end++;
      }
      int assigned = value.indexOf('=');
      if (assigned >= 0) {
        // The semicolon in front of a parameter is missing, or the value is.
        boolean missing = assigned < end;
        pos = missing ? start : start + Math.max(0, text.indexOf(value.substring(end).strip()));
        return missing ? "" : value.substring(0, end).toLowerCase(Locale.ROOT);
      }
      return value.substring(0, end).toLowerCase(Locale.ROOT);
    }

    private static boolean isEnd(char c) {
      return Character.isWhitespace(c) || c == ',';
    }

    void parameter(Map<String, TreeMap<Integer, Section>> sections) {
      String name = name();
      if (!isAssigned()) {
        return;
      }
      String value = value();
      boolean extended = name.endsWith("*");
      String base = extended ? name.substring(0, name.length() - 1) : name;
      int star = base.indexOf('*');
      int section = extended ? 0 : -1;
      if (star >= 0) {
        String number = base.substring(star + 1);
        base = base.substring(0, star);
        section = number.matches("\\d{1,3}") ? Integer.parseInt(number) : MAX_SECTIONS;
      }
      if (!base.isEmpty()) {
        sections
            .computeIfAbsent(base, n -> new TreeMap<>())
            .putIfAbsent(section, new Section(value, extended));
      }
    }

    /** Whether the name that was just read is followed by an equals sign. */
    boolean isAssigned() {
      return pos <= text.length() && text.charAt(pos - 1) == '=';
    }

    /** The last word in front of the equals sign: others are comments, or have none. */
    private String name() {
      String read = until("=;");
      String name = (read.indexOf('(') < 0 ? read : withoutComments(read)).strip();
      int start = name.length();
      while (start > 0 && !isEnd(name.charAt(start - 1))) {
        start--;
      }
      return name.substring(start).toLowerCase(Locale.ROOT);
    }

    private String value() {
      skipBlanks();
      if (!more() || text.charAt(pos) != '"') {
        return until(";").strip();
      }
      StringBuilder value = new StringBuilder();
      while (more() && text.charAt(pos) == '"') {
        if (!quoted(value)) {
          return value.toString();
        }
        skipBlanks();
      }
      // Words after the closing quote say nothing, unless the semicolon is missing there.
      int start = pos;
      if (until(";").indexOf('=') > 0) {
        pos = start;
      }
      return value.toString();
    }

    private void skipBlanks() {
      while (more() && Character.isWhitespace(text.charAt(pos))) {
        pos++;
      }
    }

    /** Adds what stands in quotes; false if they have no end, and the value may have one. */
    private boolean quoted(StringBuilder value) {
      int start = pos + 1;
      for (pos++; more() && text.charAt(pos) != '"'; pos++) {
        // Only these are escapes: senders also write C:\path without doubling the backslash.
        if (text.charAt(pos) == '\\'
            && pos + 1 < text.length()
            && "\"\\".indexOf(text.charAt(pos + 1)) >= 0) {
          pos++;
        }
        value.append(text.charAt(pos));
      }
      if (!more()) {
        int end = text.indexOf(';', start);
        if (end >= 0 && text.indexOf('=', end) >= 0) {
          value.setLength(Math.max(0, value.length() - (text.length() - end)));
          pos = end + 1;
          return false;
        }
      }
      pos++;
      return true;
    }

    private static String withoutComments(String text) {
      StringBuilder out = new StringBuilder();
      int depth = 0;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        depth += c == '(' ? 1 : 0;
        if (depth == 0) {
          out.append(c);
        }
        if (c == ')' && depth > 0) {
          depth--;
          out.append(' ');
        }
      }
      return out.toString();
    }

    /** The text up to one of the ends, which is skipped. */
    private String until(String ends) {
      pos = Math.min(pos, text.length());
      int start = pos;
      while (more() && ends.indexOf(text.charAt(pos)) < 0) {
        pos++;
      }
      String found = text.substring(start, pos);
      pos++;
      return found;
    }
  }
}
