package org.byoemail.format.mail;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into text, whatever charset they claim to be in. Names that are unknown, and names
 * that the bytes contradict, give way to UTF-8 where the bytes are valid UTF-8 and to windows-1252
 * otherwise. Bytes that are several characters of UTF-8 and nothing else are UTF-8, whatever is
 * said of them. NUL characters are left out, since no database column for text takes them.
 */
public final class Charsets {
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  /** How many characters have to be right for each broken one where nothing claims UTF-8. */
  private static final int GOOD_FOR_EACH_BROKEN = 10;

  /** Charsets whose bytes may be valid UTF-8 by chance, for some characters long. */
  private static final Pattern EAST_ASIAN =
      Pattern.compile(
          "(?i)(gb|big5|euc|x-euc|x-ms9|x-windows-9|shift|windows-31j|x-johab|x-ibm9).*");

  /** Charsets in which no word has the characters that one of UTF-8 looks like. */
  private static final Pattern LATIN =
      Pattern.compile(
          "ISO-8859-(2|3|4|13|15|16)|windows-125[0478]|x-Mac(Roman|CentralEurope|Iceland|Turkish)");

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
   * @param name the declared charset; null if none
   */
  public static Decoded read(byte[] bytes, @Nullable String name) {
    if (isAscii(bytes)) {
      return ascii(bytes, name);
    }
    Charset charset = find(name).orElse(null);
    boolean claimsUtf8 = StandardCharsets.UTF_8.equals(charset);
    if (charset == null
        || claimsUtf8
        || charset.equals(WINDOWS_1252)
        || isWideInNameOnly(charset, bytes)) {
      String utf8 = new String(bytes, StandardCharsets.UTF_8);
      boolean isUtf8 = isPlausible(utf8, claimsUtf8 ? 1 : GOOD_FOR_EACH_BROKEN);
      Charset found = isUtf8 ? StandardCharsets.UTF_8 : WINDOWS_1252;
      boolean guessed = !found.equals(charset) || isNamedAscii(name);
      return new Decoded(clean(isUtf8 ? utf8 : new String(bytes, WINDOWS_1252)), found, guessed);
    }
    if (isUtf8Instead(charset, bytes)) {
      return new Decoded(
          clean(new String(bytes, StandardCharsets.UTF_8)), StandardCharsets.UTF_8, true);
    }
    return new Decoded(clean(new String(bytes, charset)), charset, false);
  }

  private static Decoded ascii(byte[] bytes, @Nullable String name) {
    if (name == null || name.equalsIgnoreCase("utf-8")) {
      return new Decoded(
          clean(new String(bytes, StandardCharsets.ISO_8859_1)), StandardCharsets.UTF_8, false);
    }
    Optional<SevenBitCharset> sevenBit = SevenBitCharset.find(name);
    if (sevenBit.isPresent()) {
      return new Decoded(clean(sevenBit.get().read(bytes)), StandardCharsets.US_ASCII, false);
    }
    Charset charset = find(name).orElse(StandardCharsets.UTF_8);
    boolean plain = charset.equals(WINDOWS_1252) || isWideInNameOnly(charset, bytes);
    Charset found = plain ? StandardCharsets.UTF_8 : charset;
    return new Decoded(clean(new String(bytes, found)), found, false);
  }

  private static boolean isAscii(byte[] bytes) {
    // Without a way out in the middle, this takes many bytes at a time.
    int all = 0;
    for (byte b : bytes) {
      all |= b;
    }
    return all >= 0;
  }

  private static boolean isNamedAscii(@Nullable String name) {
    return name != null && name.toLowerCase(Locale.ROOT).contains("ascii");
  }

  /** Whether a charset of that name can be read. */
  public static boolean isKnown(String name) {
    return find(name).isPresent() || SevenBitCharset.find(name).isPresent();
  }

  static Optional<Charset> find(@Nullable String name) {
    return CharsetNames.find(name);
  }

  /** The charset of a code page of Windows. */
  public static Optional<Charset> ofCodePage(int number) {
    return Optional.ofNullable(CharsetNames.ofCodePage(number));
  }

  /** UTF-16 and UTF-32 have zeros in them, unless a text is Chinese or Japanese throughout. */
  private static boolean isWideInNameOnly(Charset charset, byte[] bytes) {
    if (!charset.name().startsWith("UTF-16") && !charset.name().startsWith("UTF-32")) {
      return false;
    }
    boolean marked =
        bytes.length > 1
            && (bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF
                || bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE);
    for (byte b : bytes) {
      if (b == 0) {
        return false;
      }
    }
    boolean western =
        bytes.length % 2 != 0
            || isAscii(bytes)
            || isPlausible(new String(bytes, StandardCharsets.UTF_8), GOOD_FOR_EACH_BROKEN);
    return !marked && (western || !isLetters(new String(bytes, charset)));
  }

  private static boolean isLetters(String text) {
    return text.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || c >> 8 == 0x30);
  }

  /** Whether these bytes are UTF-8, as several of its sequences and nothing else tell. */
  private static boolean isUtf8Instead(Charset charset, byte[] bytes) {
    boolean wide = charset.name().startsWith("UTF-") || charset.name().startsWith("ISO-2022");
    Utf8Sequences sequences = wide ? Utf8Sequences.NONE : Utf8Sequences.in(bytes);
    return sequences.count() > (LATIN.matcher(charset.name()).matches() ? 0 : 1)
        && (sequences.longOnes() > 0 || !EAST_ASIAN.matcher(charset.name()).matches());
  }

  /** A few bad bytes, such as a cut character, are no reason to doubt that a text is UTF-8. */
  private static boolean isPlausible(String text, int goodForEachBroken) {
    if (text.indexOf('\uFFFD') < 0) {
      return true;
    }
    int broken = 0;
    int good = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      broken += c == '\uFFFD' ? 1 : 0;
      good += c > 127 && c != '\uFFFD' ? 1 : 0;
    }
    return good >= (long) broken * goodForEachBroken;
  }

  private static String clean(String text) {
    String unmarked = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return unmarked.indexOf('\0') < 0 ? unmarked : unmarked.replace("\0", "");
  }
}
