package org.byoemail.format.mail;

import java.nio.charset.Charset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the charset that a mail means by a name, as mail clients of thirty years have written it:
 * with quotes, comments and parameters after it, as a locale ({@code ru_RU.KOI8-R}), as the number
 * of a code page. Everything is looked up in tables: the platform takes long to find out that it
 * lacks a charset.
 */
final class CharsetNames {
  private static final int MAX_LENGTH = 80;
  private static final Pattern LOCALE = Pattern.compile("[a-z]{2,3}(?:_[a-z]{2})?\\.([^@]+).*");
  private static final Pattern CODE_PAGE =
      Pattern.compile(
          "(?:x|cs)?(?:windows|win|wincp|cp|ms|mscp|microsoftcp|ansi|ansicp|dos|oem|ibm|ccsid"
              + "|codepage|xcp|cpx)?0{0,2}(\\d{3,5})");
  private static final Pattern ISO =
      Pattern.compile("(?:x|cs)?(?:iso)?8859(\\d{1,2}?)(?:[ei]|19\\d\\d|20\\d\\d|windows.*)?");
  private static final Map<String, Charset> PLATFORM = platform();
  private static final Map<String, Charset> MEANT = meant();

  private CharsetNames() {}

  /** The charset of that name; empty if unknown. */
  static Optional<Charset> find(@Nullable String name) {
    if (name == null || name.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String lower = bare(name).toLowerCase(Locale.ROOT);
    Charset known = known(letters(lower));
    if (known == null) {
      Matcher locale = LOCALE.matcher(lower);
      known = locale.matches() ? known(letters(locale.group(1))) : null;
    }
    return Optional.ofNullable(known);
  }

  /** The name without quotes, and without what stands after it. */
  private static String bare(String name) {
    String text = name.strip();
    int start = text.regionMatches(true, 0, "charset=", 0, 8) ? 8 : 0;
    while (start < text.length() && "\"' \t=<".indexOf(text.charAt(start)) >= 0) {
      start++;
    }
    int end = start;
    while (end < text.length() && ";,(\"'>".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return text.substring(start, end);
  }

  private static @Nullable Charset known(String letters) {
    Charset found = MEANT.get(letters);
    if (found == null && letters.startsWith("x")) {
      found = MEANT.get(letters.substring(1));
    }
    if (found == null && letters.startsWith("cs")) {
      found = MEANT.get(letters.substring(2));
    }
    if (found != null) {
      return found;
    }
    Matcher iso = ISO.matcher(letters);
    if (iso.matches()) {
      return MEANT.get("iso8859" + iso.group(1));
    }
    Matcher page = CODE_PAGE.matcher(letters);
    return page.matches() ? ofCodePage(Integer.parseInt(page.group(1))) : null;
  }

  /** The charset of a code page of Windows, DOS or IBM. */
  static @Nullable Charset ofCodePage(int number) {
    if (number >= 28591 && number <= 28606) {
      return MEANT.get("iso8859" + (number - 28590));
    }
    return switch (number) {
      case 38596 -> MEANT.get("iso88596");
      case 38598 -> MEANT.get("iso88598");
      case 20127 -> MEANT.get("ascii");
      case 20866 -> MEANT.get("koi8r");
      case 21866 -> MEANT.get("koi8u");
      case 10000 -> MEANT.get("macroman");
      case 10001 -> MEANT.get("shiftjis");
      case 10002 -> MEANT.get("big5");
      case 10003 -> MEANT.get("euckr");
      case 10004 -> MEANT.get("macarabic");
      case 10005 -> MEANT.get("machebrew");
      case 10006 -> MEANT.get("macgreek");
      case 10007 -> MEANT.get("maccyrillic");
      case 10008 -> MEANT.get("gbk");
      case 10010 -> MEANT.get("macromanian");
      case 10017 -> MEANT.get("macukraine");
      case 10021 -> MEANT.get("macthai");
      case 10029 -> MEANT.get("macce");
      case 10079 -> MEANT.get("macicelandic");
      case 10081 -> MEANT.get("macturkish");
      case 10082 -> MEANT.get("maccroatian");
      default -> {
        Charset meant = MEANT.get("cp" + number);
        Charset windows = meant == null ? PLATFORM.get("windows" + number) : meant;
        Charset ibm = windows == null ? PLATFORM.get("ibm" + number) : windows;
        yield ibm == null ? PLATFORM.get("cp" + number) : ibm;
      }
    };
  }

  /** What of a name in lower case tells it from others. */
  static String letters(String name) {
    StringBuilder letters = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
        letters.append(c);
      }
    }
    return letters.toString();
  }

  private static Map<String, Charset> platform() {
    Map<String, Charset> all = new HashMap<>();
    for (Charset charset : Charset.availableCharsets().values()) {
      charset.aliases().forEach(alias -> put(all, alias, charset));
    }
    // Two may share an alias, but not a name.
    Charset.availableCharsets().values().forEach(charset -> put(all, charset.name(), charset));
    SingleByteCharset.all().forEach(charset -> put(all, charset.name(), charset));
    return all;
  }

  private static void put(Map<String, Charset> all, String name, Charset charset) {
    all.put(letters(name.toLowerCase(Locale.ROOT)), charset);
  }

  private static Map<String, Charset> meant() {
    Map<String, Charset> all = new HashMap<>(PLATFORM);
    for (String line : Resource.lines("charset-names.txt")) {
      int colon = line.indexOf(": ");
      String name = letters(line.substring(0, colon).toLowerCase(Locale.ROOT));
      Charset charset = PLATFORM.getOrDefault(name, PLATFORM.get("xbyo" + name));
      if (charset != null) {
        for (String alias : List.of(line.substring(colon + 2).split(" "))) {
          all.put(letters(alias), charset);
        }
      }
    }
    return all;
  }
}
