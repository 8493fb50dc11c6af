package org.byoemail.mail;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into text, whatever charset they claim to be in. Names that are unknown, and names
 * that the bytes contradict, give way to UTF-8 where the bytes are valid UTF-8 and to windows-1252
 * otherwise. NUL characters are left out, since no database column for text takes them.
 */
public final class Charsets {
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  /** How many characters have to be right for each broken one where nothing claims UTF-8. */
  private static final int GOOD_FOR_EACH_BROKEN = 10;

  /** What the names stand for in mail: the superset that senders really use. */
  private static final Map<String, String> SUPERSETS =
      Map.ofEntries(
          Map.entry("ascii", "windows-1252"),
          Map.entry("us-ascii", "windows-1252"),
          Map.entry("ansi_x3.4-1968", "windows-1252"),
          Map.entry("iso-8859-1", "windows-1252"),
          Map.entry("iso8859-1", "windows-1252"),
          Map.entry("latin1", "windows-1252"),
          Map.entry("latin-1", "windows-1252"),
          Map.entry("iso-8859-8-i", "iso-8859-8"),
          Map.entry("iso-8859-9", "windows-1254"),
          Map.entry("utf8", "utf-8"),
          Map.entry("unicode-1-1-utf-8", "utf-8"),
          Map.entry("gb2312", "gb18030"),
          Map.entry("gb_2312-80", "gb18030"),
          Map.entry("gbk", "gb18030"),
          Map.entry("ks_c_5601-1987", "x-windows-949"),
          Map.entry("ks_c_5601", "x-windows-949"),
          Map.entry("euc-kr", "x-windows-949"),
          Map.entry("shift_jis", "windows-31j"),
          Map.entry("shift-jis", "windows-31j"),
          Map.entry("sjis", "windows-31j"),
          Map.entry("x-sjis", "windows-31j"),
          Map.entry("iso-2022-jp", "x-windows-iso2022jp"),
          Map.entry("tis-620", "x-windows-874"),
          Map.entry("cp-850", "cp850"),
          Map.entry("win-1251", "windows-1251"),
          Map.entry("win1251", "windows-1251"));

  private Charsets() {}

  /** Decodes text that names no charset, such as a raw header field. */
  static String decode(byte[] bytes) {
    return decode(bytes, null);
  }

  static String decode(byte[] bytes, @Nullable String name) {
    return read(bytes, name).text();
  }

  /**
   * A decoded text.
   *
   * @param charset what it was read as
   * @param guessed whether nothing said so, or something else was said
   */
  public record Decoded(String text, Charset charset, boolean guessed) {}

  /**
   * Decodes text.
   *
   * @param name what it says to be in; null where it does not
   */
  public static Decoded read(byte[] bytes, @Nullable String name) {
    Charset charset = find(name).orElse(null);
    boolean claimsUtf8 = StandardCharsets.UTF_8.equals(charset);
    if (charset == null
        || claimsUtf8
        || charset.equals(WINDOWS_1252)
        || isWideWithoutNul(charset, bytes)) {
      String utf8 = new String(bytes, StandardCharsets.UTF_8);
      boolean isUtf8 = isPlausible(utf8, claimsUtf8 ? 1 : GOOD_FOR_EACH_BROKEN);
      Charset found = isUtf8 ? StandardCharsets.UTF_8 : WINDOWS_1252;
      boolean guessed = !isAscii(bytes) && (!found.equals(charset) || isNamedAscii(name));
      return new Decoded(
          withoutNul(isUtf8 ? utf8 : new String(bytes, WINDOWS_1252)), found, guessed);
    }
    return new Decoded(withoutNul(new String(bytes, charset)), charset, false);
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNamedAscii(@Nullable String name) {
    return name != null && name.toLowerCase(Locale.ROOT).contains("ascii");
  }

  static Optional<Charset> find(@Nullable String name) {
    if (name == null) {
      return Optional.empty();
    }
    String key = name.replaceAll("[\"'\\s]", "").toLowerCase(Locale.ROOT);
    String superset = SUPERSETS.getOrDefault(key, key);
    return superset.equals("utf-8")
        ? Optional.of(StandardCharsets.UTF_8)
        : Optional.ofNullable(ByName.ALL.get(superset));
  }

  /** The charset of a code page of Windows. */
  public static Optional<Charset> ofCodePage(int number) {
    return switch (number) {
      case 65001 -> Optional.of(StandardCharsets.UTF_8);
      case 932 -> find("windows-31j");
      case 936, 54936 -> find("gb18030");
      case 949 -> find("x-windows-949");
      case 950 -> find("big5");
      case 874 -> find("x-windows-874");
      case 20866 -> find("koi8-r");
      case 28591, 20127 -> find("windows-1252");
      default -> find(number < 1000 ? "cp" + number : "windows-" + number);
    };
  }

  /** Looked up here, since the platform takes a long time to find out that it lacks a charset. */
  private static final class ByName {
    static final Map<String, Charset> ALL = new HashMap<>();

    static {
      for (Charset charset : Charset.availableCharsets().values()) {
        charset.aliases().forEach(alias -> ALL.put(alias.toLowerCase(Locale.ROOT), charset));
        ALL.put(charset.name().toLowerCase(Locale.ROOT), charset);
      }
    }
  }

  private static boolean isWideWithoutNul(@Nullable Charset charset, byte[] bytes) {
    if (charset == null || !charset.name().matches("UTF-(16|32).*")) {
      return false;
    }
    for (byte b : bytes) {
      if (b == 0) {
        return false;
      }
    }
    return true;
  }

  /** A few bad bytes, such as a cut character, are no reason to doubt that a text is UTF-8. */
  private static boolean isPlausible(String text, int goodForEachBroken) {
    long broken = text.chars().filter(c -> c == '\uFFFD').count();
    if (broken == 0) {
      return true;
    }
    long good = text.chars().filter(c -> c > 127).count() - broken;
    return good >= broken * goodForEachBroken;
  }

  private static String withoutNul(String text) {
    return text.indexOf('\0') < 0 ? text : text.replace("\0", "");
  }
}
