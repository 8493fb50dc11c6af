package org.byoemail.format.mime;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads Date fields: RFC 5322 section 3.3, its obsolete forms, the forms of C and ISO, and local
 * forms: with AM and PM, month first, localised month names.
 */
final class MailDates {
  private static final int MAX_LENGTH = 200;
  private static final String USUAL_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  /** How the months start, in the languages that mail programs have put there. */
  private static final Map<String, Integer> MONTHS =
      months(
          "jan|ene|gen|янв|ian|sty|led|ιαν",
          "feb|fev|fév|fevr|févr|фев|lut|úno|φεβ",
          "mar|mär|mrz|maa|mrt|мар|bře|μαρ|márc",
          "apr|avr|abr|апр|kwi|dub|απρ|ápr",
          "may|mai|mag|mei|maj|май|мая|kvě|μαϊ|máj",
          "jun|juin|giu|июн|cze|čer|ιουν|jún",
          "jul|juil|lug|июл|lip|čvc|ιουλ|júl",
          "aug|aou|aoû|ago|авг|sie|srp|αυγ",
          "sep|set|сен|wrz|zář|σεπ|szept",
          "oct|okt|ott|out|окт|paź|říj|οκτ",
          "nov|ноя|lis|νοε",
          "dec|dez|déc|dic|дек|gru|pro|δεκ");

  /** Minutes east of Greenwich; any other name is taken for UTC (RFC 5322 section 4.3). */
  private static final Map<String, Integer> ZONES =
      Map.ofEntries(
          Map.entry("EST", -300),
          Map.entry("EDT", -240),
          Map.entry("CST", -360),
          Map.entry("CDT", -300),
          Map.entry("MST", -420),
          Map.entry("MDT", -360),
          Map.entry("PST", -480),
          Map.entry("PDT", -420),
          Map.entry("AKST", -540),
          Map.entry("AKDT", -480),
          Map.entry("HST", -600),
          Map.entry("AST", -240),
          Map.entry("ADT", -180),
          Map.entry("NST", -210),
          Map.entry("NDT", -150),
          Map.entry("BRT", -180),
          Map.entry("WEST", 60),
          Map.entry("BST", 60),
          Map.entry("CET", 60),
          Map.entry("MET", 60),
          Map.entry("MEZ", 60),
          Map.entry("CEST", 120),
          Map.entry("MEST", 120),
          Map.entry("MESZ", 120),
          Map.entry("EET", 120),
          Map.entry("SAST", 120),
          Map.entry("EEST", 180),
          Map.entry("MSK", 180),
          Map.entry("MSD", 240),
          Map.entry("HKT", 480),
          Map.entry("SGT", 480),
          Map.entry("AWST", 480),
          Map.entry("JST", 540),
          Map.entry("KST", 540),
          Map.entry("ACST", 570),
          Map.entry("AEST", 600),
          Map.entry("ACDT", 630),
          Map.entry("AEDT", 660),
          Map.entry("NZST", 720),
          Map.entry("NZDT", 780));

  private static final Pattern TIME =
      Pattern.compile(
          "(?<![\\d.])(?<hour>\\d{1,2})\\s*(?<mark>[:.])\\s*(?<minute>\\d{2})(?:\\s*\\k<mark>\\s*(?<second>\\d{1,2}))?"
              + "(?:[.,]\\d{1,9})?(?![\\d.]\\d)\\s*(?<half>[AaPp]\\.?[Mm]\\b\\.?)?");
  private static final Pattern OFFSET =
      Pattern.compile(
          "(?:\\b(?:GMT|UTC|UT)|(?<![\\w-]))\\s?(?<sign>[+-])(?<hours>\\d{1,2}):?(?<minutes>\\d{2})?\\d*\\b");
  private static final Pattern ZONE = Pattern.compile("(?<![\\p{L}\\d])[A-Z]{1,5}(?!\\p{L})");
  private static final Pattern YEAR_FIRST =
      Pattern.compile("(?<!\\d)(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})(?!\\d)");
  private static final Pattern NUMBERS =
      Pattern.compile("(?<!\\d)(\\d{1,2})([-/.])\\s?(\\d{1,2})[-/.]\\s?(\\d{4}|\\d{2})(?!\\d)");
  private static final Pattern WORD = Pattern.compile("\\p{L}{3,}");
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private MailDates() {}

  private static Map<String, Integer> months(String... starts) {
    Map<String, Integer> months = new HashMap<>();
    for (int month = 1; month <= starts.length; month++) {
      for (String start : starts[month - 1].split("\\|")) {
        months.put(start, month);
      }
    }
    return Map.copyOf(months);
  }

  static Optional<Instant> parse(String field) {
    String text = withoutComments(field.substring(0, Math.min(field.length(), MAX_LENGTH)));
    try {
      Instant usual = usual(text);
      if (usual != null) {
        return Optional.of(usual);
      }
      Matcher time = TIME.matcher(text);
      boolean colon = text.indexOf(':') >= 0;
      boolean found = time.find();
      while (found && (colon ? !time.group("mark").equals(":") : time.group("second") == null)) {
        found = time.find();
      }
      if (!found) {
        // An impossible time invalidates the date.
        LocalDate date = colon ? null : date(text, false);
        return Optional.ofNullable(date).map(day -> day.atStartOfDay().toInstant(ZoneOffset.UTC));
      }
      String behind = text.substring(time.end());
      Matcher offset = OFFSET.matcher(behind);
      boolean numeric = offset.find();
      String rest =
          numeric
              ? behind.substring(0, offset.start()) + " " + behind.substring(offset.end())
              : behind;
      LocalDate date =
          date(text.substring(0, time.start()) + " " + rest, time.group("half") != null);
      if (date == null) {
        return Optional.empty();
      }
      ZoneOffset zone = numeric ? zone(offset) : zone(behind);
      return Optional.of(instant(date, time).toInstant(zone));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /**
   * The time in the form that nearly all mails have (RFC 5322 section 3.3), which is read without
   * patterns; null for any other.
   */
  private static @Nullable Instant usual(String text) {
    int day = text.length() > 4 && text.charAt(3) == ',' ? 5 : 0;
    int digits = day + 1 < text.length() && text.charAt(day + 1) == ' ' ? 1 : 2;
    int month = day + digits + 1;
    int end = month + 23;
    if (end > text.length()
        || !text.substring(end).isBlank()
        || text.charAt(month - 1) != ' '
        || text.charAt(month + 3) != ' '
        || text.charAt(month + 8) != ' '
        || text.charAt(month + 11) != ':'
        || text.charAt(month + 14) != ':'
        || text.charAt(month + 17) != ' '
        || day > 0 && !(isLetters(text, 0) && text.charAt(4) == ' ')
        || !isLetters(text, month)) {
      return null;
    }
    int name = USUAL_MONTHS.indexOf(text.substring(month, month + 3));
    char sign = text.charAt(month + 18);
    int year = number(text, month + 4, 4);
    int hour = number(text, month + 9, 2);
    int minute = number(text, month + 12, 2);
    int second = number(text, month + 15, 2);
    int offset = number(text, month + 19, 2) * 60 + number(text, month + 21, 2);
    int date = number(text, day, digits);
    boolean usual =
        name >= 0 && name % 3 == 0 && (sign == '+' || sign == '-') && year >= 1900 && date > 0;
    if (!usual || hour > 23 || minute > 59 || second > 59 || hour < 0 || minute < 0 || second < 0) {
      return null;
    }
    if (number(text, month + 19, 4) < 0 || offset > 14 * 60 || number(text, month + 21, 2) > 59) {
      return null;
    }
    return LocalDateTime.of(year, name / 3 + 1, date, hour, minute, second)
        .toInstant(ZoneOffset.ofTotalSeconds((sign == '-' ? -60 : 60) * offset));
  }

  private static boolean isLetters(String text, int start) {
    for (int i = start; i < start + 3; i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')) {
        return false;
      }
    }
    return true;
  }

  /** The number of so many digits; negative if they are none. */
  private static int number(String text, int start, int count) {
    int number = 0;
    for (int i = start; i < start + count; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return Integer.MIN_VALUE / 2;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }

  private static String withoutComments(String text) {
    if (text.indexOf('(') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' ? 1 : 0;
      if (depth == 0) {
        out.append(c);
      }
      depth -= c == ')' && depth > 0 ? 1 : 0;
    }
    return out.toString();
  }

  private static LocalDateTime instant(LocalDate date, Matcher time) {
    int hour = Integer.parseInt(time.group("hour"));
    String half = time.group("half");
    if (half != null && hour <= 12) {
      hour = hour % 12 + (Character.toLowerCase(half.charAt(0)) == 'p' ? 12 : 0);
    }
    String second = time.group("second");
    int seconds = second == null ? 0 : Integer.parseInt(second);
    return date.plusDays(hour == 24 ? 1 : 0)
        .atTime(
            hour == 24 ? 0 : hour,
            Integer.parseInt(time.group("minute")),
            seconds == 60 ? 59 : seconds);
  }

  /** The date in a text without its time; null if it holds none. */
  private static @Nullable LocalDate date(String text, boolean half) {
    Matcher word = WORD.matcher(text);
    int month = 0;
    while (word.find()) {
      // The last one: names of days start like months, and stand in front.
      int named = month(word.group());
      month = named > 0 ? named : month;
    }
    if (month > 0) {
      return named(text, month);
    }
    Matcher yearFirst = YEAR_FIRST.matcher(text);
    if (yearFirst.find()) {
      return LocalDate.of(
          year(yearFirst.group(1)),
          Integer.parseInt(yearFirst.group(2)),
          Integer.parseInt(yearFirst.group(3)));
    }
    Matcher numbers = NUMBERS.matcher(text);
    if (!numbers.find()) {
      return null;
    }
    int first = Integer.parseInt(numbers.group(1));
    int second = Integer.parseInt(numbers.group(3));
    // Only the United States write the month first, with slashes, and the hours by halves of a day.
    boolean monthFirst = second > 12 || first <= 12 && (half || numbers.group(2).equals("/"));
    return LocalDate.of(
        year(numbers.group(4)), monthFirst ? first : second, monthFirst ? second : first);
  }

  private static int month(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    for (int length = Math.min(5, lower.length()); length >= 3; length--) {
      Integer month = MONTHS.get(lower.substring(0, length));
      if (month != null) {
        return month;
      }
    }
    return 0;
  }

  private static @Nullable LocalDate named(String text, int month) {
    Matcher number = NUMBER.matcher(text);
    String first = number.find() ? number.group() : null;
    String second = first != null && number.find() ? number.group() : null;
    if (first == null || second == null) {
      return null;
    }
    boolean yearFirst = first.length() > 2;
    String day = yearFirst ? second : first;
    if (day.length() > 2) {
      return null;
    }
    return LocalDate.of(year(yearFirst ? first : second), month, Integer.parseInt(day));
  }

  private static int year(String digits) {
    if (digits.length() > 4) {
      throw new DateTimeException("no year has so many digits");
    }
    int year = Integer.parseInt(digits);
    int whole =
        switch (digits.length()) {
          case 1, 2 -> year < 50 ? 2000 + year : 1900 + year;
          case 3 -> 1900 + year;
          default -> year;
        };
    if (whole < 1900) {
      throw new DateTimeException("there was no mail then");
    }
    return whole;
  }

  private static ZoneOffset zone(Matcher offset) {
    String digits = offset.group("minutes");
    int minutes =
        Integer.parseInt(offset.group("hours")) * 60
            + (digits == null ? 0 : Integer.parseInt(digits));
    return ZoneOffset.ofTotalSeconds((offset.group("sign").equals("-") ? -60 : 60) * minutes);
  }

  private static ZoneOffset zone(String behind) {
    Matcher name = ZONE.matcher(behind.toUpperCase(Locale.ROOT));
    while (name.find()) {
      Integer minutes = ZONES.get(name.group());
      if (minutes != null) {
        return ZoneOffset.ofTotalSeconds(minutes * 60);
      }
    }
    return ZoneOffset.UTC;
  }
}
