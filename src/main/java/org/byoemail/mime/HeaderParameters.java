package org.byoemail.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.byoemail.mail.Charsets;
import org.byoemail.mail.EncodedWords;
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

  HeaderParameters(String value, Map<String, String> parameters) {
    this(value, parameters, false);
  }

  static HeaderParameters parse(@Nullable String field) {
    if (field == null) {
      return new HeaderParameters("", Map.of());
    }
    Scanner scanner = new Scanner(field);
    String value = scanner.until(";").strip().replaceAll("[\\s(].*", "").toLowerCase(Locale.ROOT);
    Map<String, TreeMap<Integer, Section>> sections = new LinkedHashMap<>();
    while (scanner.more()) {
      scanner.parameter(sections);
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    boolean guessed = false;
    for (Map.Entry<String, TreeMap<Integer, Section>> each : sections.entrySet()) {
      Joined joined = join(each.getValue());
      parameters.put(each.getKey(), decoded(joined.text));
      guessed |= joined.charsetGuessed || EncodedWords.areGuessed(joined.text);
    }
    return new HeaderParameters(value, Map.copyOf(parameters), guessed);
  }

  /** The parameter of that name; empty where it is missing. */
  String get(String name) {
    return parameters.getOrDefault(name, "");
  }

  private record Section(String text, boolean percentEncoded) {}

  private record Joined(String text, boolean charsetGuessed) {}

  /** Joins {@code name}, {@code name*} or {@code name*0*, name*1...}; the extended form wins. */
  private static Joined join(TreeMap<Integer, Section> parts) {
    Section plain = parts.remove(-1);
    if (parts.isEmpty()) {
      return new Joined(plain == null ? "" : plain.text, false);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String charset = null;
    for (Section part : parts.values()) {
      String text = part.text;
      if (part.percentEncoded && charset == null) {
        int first = text.indexOf('\'');
        int second = text.indexOf('\'', first + 1);
        charset = second < 0 ? "" : text.substring(0, first);
        text = text.substring(second < 0 ? 0 : second + 1);
      }
      bytes.writeBytes(part.percentEncoded ? percentDecoded(text) : utf8(text));
    }
    Charsets.Decoded read = Charsets.read(bytes.toByteArray(), charset);
    boolean encoded = parts.values().stream().anyMatch(Section::percentEncoded);
    return new Joined(read.text(), encoded && read.guessed());
  }

  /** A boundary has to keep its blanks, so only what needs decoding is decoded. */
  private static String decoded(String text) {
    return text.contains("=?") ? EncodedWords.decode(text) : text;
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

    void parameter(Map<String, TreeMap<Integer, Section>> sections) {
      String name = until("=;").strip().toLowerCase(Locale.ROOT);
      if (pos > text.length() || text.charAt(pos - 1) != '=') {
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

    private String value() {
      while (more() && Character.isWhitespace(text.charAt(pos))) {
        pos++;
      }
      if (!more() || text.charAt(pos) != '"') {
        return until(";").strip();
      }
      StringBuilder value = new StringBuilder();
      for (pos++; more() && text.charAt(pos) != '"'; pos++) {
        // Only these are escapes: senders also write C:\path without doubling the backslash.
        if (text.charAt(pos) == '\\'
            && pos + 1 < text.length()
            && "\"\\".indexOf(text.charAt(pos + 1)) >= 0) {
          pos++;
        }
        value.append(text.charAt(pos));
      }
      until(";");
      return value.toString();
    }

    /** The text up to one of the ends, which is skipped. */
    private String until(String ends) {
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
