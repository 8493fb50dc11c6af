package org.byoemail.format.mail;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Seven-bit charsets that the platform lacks. What breaks their rules stays as it is. */
enum SevenBitCharset {
  UTF_7 {
    @Override
    String read(byte[] bytes) {
      return ofUtf7(bytes);
    }
  },
  HZ {
    @Override
    String read(byte[] bytes) {
      return ofHz(bytes);
    }
  };

  /** The text that bytes of ASCII stand for. */
  abstract String read(byte[] bytes);

  /** The charset of that name; empty for any other charset. */
  static Optional<SevenBitCharset> find(@Nullable String name) {
    String letters = name == null ? "" : CharsetNames.letters(name.toLowerCase(Locale.ROOT));
    return switch (letters) {
      case "utf7",
          "unicode11utf7",
          "unicode20utf7",
          "csunicode11utf7",
          "iso10646utf7",
          "cp65000",
          "xunicode20utf7" ->
          Optional.of(UTF_7);
      case "hzgb2312", "hz", "hzgb", "cp52936", "xhzgb2312" -> Optional.of(HZ);
      default -> Optional.empty();
    };
  }

  /** UTF-7 (RFC 2152): Base64 of UTF-16 between a plus and a minus. */
  private static String ofUtf7(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    StringBuilder out = new StringBuilder(text.length());
    int pos = 0;
    while (pos < text.length()) {
      char c = text.charAt(pos++);
      if (c != '+') {
        out.append(c);
        continue;
      }
      int end = pos;
      while (end < text.length() && isBase64(text.charAt(end))) {
        end++;
      }
      boolean closed = end < text.length() && text.charAt(end) == '-';
      if (end == pos) {
        // "+-" is the plus itself; one before anything else is taken for it.
        out.append('+');
      } else {
        out.append(utf16(text.substring(pos, end)));
      }
      pos = closed ? end + 1 : end;
    }
    return out.toString();
  }

  private static String utf16(String base64) {
    // One letter alone has too few bits for a byte.
    String letters = base64.length() % 4 == 1 ? base64.substring(0, base64.length() - 1) : base64;
    byte[] bytes = Base64.getDecoder().decode(letters);
    return new String(bytes, 0, bytes.length & ~1, StandardCharsets.UTF_16BE);
  }

  private static boolean isBase64(char c) {
    return c >= 'A' && c <= 'Z'
        || c >= 'a' && c <= 'z'
        || c >= '0' && c <= '9'
        || c == '+'
        || c == '/';
  }

  /** HZ (RFC 1843): pairs of GB 2312 between "~{" and "~}", without their high bits. */
  private static String ofHz(byte[] bytes) {
    byte[] gb = new byte[bytes.length];
    int length = 0;
    boolean pairs = false;
    for (int i = 0; i < bytes.length; i++) {
      byte next = i + 1 < bytes.length ? bytes[i + 1] : 0;
      if (bytes[i] == '~' && (next == '{' || next == '}' || next == '~' || next == '\n')) {
        pairs = next == '{' || pairs && next == '~';
        if (next == '~') {
          gb[length++] = '~';
        }
        i++;
      } else if (pairs && bytes[i] > ' ' && next > ' ') {
        gb[length++] = (byte) (bytes[i++] | 0x80);
        gb[length++] = (byte) (next | 0x80);
      } else {
        // A line ends the pairs, whether or not it says so.
        pairs &= bytes[i] != '\n';
        gb[length++] = bytes[i];
      }
    }
    return new String(gb, 0, length, Charset.forName("GBK"));
  }
}
