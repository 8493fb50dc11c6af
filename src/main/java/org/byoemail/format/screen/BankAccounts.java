package org.byoemail.format.screen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.byoemail.format.screen.Digits.Run;
import org.jspecify.annotations.Nullable;

/**
 * Recognises numbers of bank accounts: IBAN (ISO 13616: length by country, modulo 97), and numbers
 * of countries without it where the text names them.
 */
final class BankAccounts {
  /** Countries and lengths of the registry of SWIFT. */
  private static final String LENGTHS =
      "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27"
          + " DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21"
          + " HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27"
          + " MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24"
          + " RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22"
          + " VG24 XK20 YE30";

  /** The numbers that the registry and many manuals print as examples. */
  private static final Set<String> EXAMPLES =
      Set.of(
          "DE89370400440532013000",
          "GB82WEST12345698765432",
          "GB29NWBK60161331926819",
          "FR1420041010050500013M02606",
          "CH9300762011623852957",
          "NL91ABNA0417164300",
          "ES9121000418450200051332",
          "AT611904300234573201",
          "BE68539007547034",
          "IT60X0542811101000000123456",
          "IE29AIBK93115212345678");

  private static final Map<String, Integer> LENGTH_BY_COUNTRY = lengths();
  private static final int MAX_LENGTH = 34;

  private BankAccounts() {}

  /** A number in a text, from where to where. */
  record Found(String name, int start, int end) {}

  private static Map<String, Integer> lengths() {
    Map<String, Integer> lengths = new HashMap<>();
    for (String entry : LENGTHS.split(" ")) {
      lengths.put(entry.substring(0, 2), Integer.parseInt(entry.substring(2)));
    }
    return Map.copyOf(lengths);
  }

  /** All of them in order: any limit could be used up by those that are exempt. */
  static List<Found> ibans(String text) {
    List<Found> found = new ArrayList<>();
    for (int i = 0; i + 15 <= text.length(); i++) {
      boolean begins =
          isLetter(text.charAt(i))
              && isLetter(text.charAt(i + 1))
              && Digits.isDigit(text.charAt(i + 2))
              && Digits.isDigit(text.charAt(i + 3))
              && (i == 0 || !isWordPart(text.charAt(i - 1)));
      Integer length = begins ? LENGTH_BY_COUNTRY.get(text.substring(i, i + 2)) : null;
      if (length != null) {
        int end = ibanEnd(text, i, length);
        if (end > 0) {
          found.add(new Found("iban", i, end));
          i = end - 1;
        }
      }
    }
    return found;
  }

  private static int ibanEnd(String text, int start, int length) {
    StringBuilder iban = new StringBuilder(MAX_LENGTH);
    int i = start;
    while (i < text.length() && iban.length() < length) {
      char c = text.charAt(i);
      if (isLetter(c) || Digits.isDigit(c)) {
        iban.append(c);
      } else if (c != ' ' && c != '\u00A0' && c != '-' || text.charAt(i - 1) == c) {
        return -1;
      }
      i++;
    }
    boolean ends = i == text.length() || !isWordPart(text.charAt(i));
    return iban.length() == length
            && ends
            && isValid(iban.toString())
            && !EXAMPLES.contains(iban.toString())
        ? i
        : -1;
  }

  /** ISO 7064, MOD 97-10. */
  static boolean isValid(String iban) {
    int rest = 0;
    String turned = iban.substring(4) + iban.substring(0, 4);
    for (int i = 0; i < turned.length(); i++) {
      int value = Character.digit(turned.charAt(i), 36);
      rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
    }
    return rest == 1;
  }

  private static boolean isLetter(char c) {
    return c >= 'A' && c <= 'Z';
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '/' || c == '=' || c == '+';
  }

  /** What a run of digits is that the words before it name; null for other numbers. */
  static @Nullable String named(String text, Run run) {
    if (run.joined()) {
      return null;
    }
    String before = Digits.before(text, run.start());
    String digits = run.digits();
    if (digits.length() == 9
        && Digits.hasOne(before, "routing", "aba ", "aba:", "aba#", "rtn")
        && isRoutingNumber(digits)) {
      return "us-routing-number";
    }
    if (digits.length() == 18 && before.contains("clabe") && isClabe(digits)) {
      return "clabe";
    }
    boolean afterSortCode =
        digits.length() == 8
            && Digits.hasOne(before, "account number", "account no", "a/c")
            && Digits.hasOne(before, "sort code");
    return afterSortCode ? "uk-account-number" : null;
  }

  /** The weights 3, 7 and 1 of the American Bankers Association. */
  static boolean isRoutingNumber(String digits) {
    int first = Integer.parseInt(digits.substring(0, 2));
    boolean district =
        first >= 1 && first <= 12
            || first >= 21 && first <= 32
            || first >= 61 && first <= 72
            || first == 80;
    return district && weighted(digits, 9, 3, 7, 1) % 10 == 0;
  }

  /** The check digit of the Banco de México. */
  static boolean isClabe(String digits) {
    int sum = 0;
    int[] weights = {3, 7, 1};
    for (int i = 0; i < 17; i++) {
      sum += (digits.charAt(i) - '0') * weights[i % 3] % 10;
    }
    return (10 - sum % 10) % 10 == digits.charAt(17) - '0';
  }

  private static int weighted(String digits, int count, int... weights) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (digits.charAt(i) - '0') * weights[i % weights.length];
    }
    return sum;
  }
}
