package org.byoemail.format.screen;

import java.util.List;
import java.util.Set;
import org.byoemail.format.screen.Digits.Run;
import org.jspecify.annotations.Nullable;

/**
 * Recognises numbers of payment cards: the ranges and lengths of the issuers (ISO/IEC 7812), the
 * digits grouped as on a card or in one run, and the check digit of Luhn. One in ten numbers passes
 * the last, so that a run next to the word for another kind of number is none.
 */
final class CardNumbers {
  /** The issuers' numbers for tests, which their documentation prints. */
  private static final Set<String> TEST =
      Set.of(
          "4111111111111111",
          "4242424242424242",
          "4000056655665556",
          "4012888888881881",
          "5555555555554444",
          "5105105105105100",
          "2223003122003222",
          "5200828282828210",
          "378282246310005",
          "371449635398431",
          "6011111111111117",
          "6011000990139424",
          "3566002020360505",
          "3530111333300000",
          "30569309025904",
          "36227206271667");

  private static final String[] CARD_WORDS = {
    "card",
    "visa",
    "master",
    "amex",
    "american express",
    "cvv",
    "cvc",
    "expir",
    "valid thru",
    "karte",
    "gültig",
    "carte",
    "tarjeta",
    "carta",
    "kaart",
    "kort"
  };

  private static final String[] OTHER_WORDS = {
    "order",
    "track",
    "parcel",
    "shipment",
    "invoice",
    "imei",
    "serial",
    "ticket",
    "reference",
    "ref",
    "case",
    "booking",
    "customer",
    "account",
    "tel",
    "phone",
    "fax",
    "mobile",
    "isbn",
    "ean",
    "gtin",
    "sku",
    "id",
    "bestell",
    "sendung",
    "rechnung",
    "kunden",
    "commande",
    "facture",
    "suivi",
    "pedido",
    "factura",
    "article",
    "policy",
    "meter",
    "message",
    "transaction",
    "timestamp"
  };

  private CardNumbers() {}

  /**
   * The card's number that a run is or has, with the issuer, such as {@code visa}; null if it has
   * none. Behind a number in groups may come others, such as the date of expiry.
   */
  static @Nullable Found in(String text, Run run) {
    String issuer = issuer(text, run);
    if (issuer != null) {
      return new Found(issuer, run.start(), run.end());
    }
    // Behind letters, as in an IBAN or a serial number, the groups belong together.
    boolean bound = run.start() > 0 && Character.isLetter(text.charAt(run.start() - 1));
    for (int first = 0; !bound && first + 3 <= run.groups().size(); first++) {
      for (int count = 3; count <= 4; count++) {
        Run part =
            isAlone(run.groups(), first, count) ? Digits.part(text, run, first, count) : null;
        issuer = part == null || !isGrouped(part.groups()) ? null : issuer(text, part);
        if (issuer != null) {
          return new Found(issuer, part.start(), part.end());
        }
      }
    }
    return null;
  }

  /** A card's number, from where to where. */
  record Found(String issuer, int start, int end) {}

  private static @Nullable String issuer(String text, Run run) {
    String digits = run.digits();
    String issuer = issuer(digits);
    if (issuer == null || run.joined() || !hasLuhn(digits) || TEST.contains(digits)) {
      return null;
    }
    if (digits.chars().distinct().count() < 4) {
      return null;
    }
    String before = Digits.before(text, run.start());
    if (Digits.hasOne(before, CARD_WORDS)
        || Digits.hasOne(Digits.after(text, run.end()), CARD_WORDS)) {
      return issuer;
    }
    if (Digits.hasOne(before, OTHER_WORDS)) {
      return null;
    }
    return run.groups().size() == 1 || isGrouped(run.groups()) ? issuer : null;
  }

  /** Whether the groups next to these are too short to belong to the same number. */
  private static boolean isAlone(List<Integer> groups, int first, int count) {
    int next = first + count;
    return (first == 0 || groups.get(first - 1) < 4)
        && (next >= groups.size() || groups.get(next) < 4);
  }

  private static boolean isGrouped(List<Integer> groups) {
    return groups.equals(List.of(4, 4, 4, 4))
        || groups.equals(List.of(4, 6, 5))
        || groups.equals(List.of(4, 6, 4));
  }

  private static @Nullable String issuer(String digits) {
    int length = digits.length();
    if (length < 13 || length > 19) {
      return null;
    }
    int two = Integer.parseInt(digits.substring(0, 2));
    int three = Integer.parseInt(digits.substring(0, 3));
    int four = Integer.parseInt(digits.substring(0, 4));
    if (two / 10 == 4 && (length == 13 || length == 16 || length == 19)) {
      return "visa";
    }
    if (length == 16 && (two >= 51 && two <= 55 || four >= 2221 && four <= 2720)) {
      return "mastercard";
    }
    if (length == 15 && (two == 34 || two == 37)) {
      return "american-express";
    }
    if (length >= 16 && (four == 6011 || two == 65 || three >= 644 && three <= 649)) {
      return "discover";
    }
    if (length >= 16 && four >= 3528 && four <= 3589) {
      return "jcb";
    }
    if (length == 14 && (three >= 300 && three <= 305 || two == 36 || two == 38 || two == 39)) {
      return "diners-club";
    }
    return length >= 16 && two == 62 ? "unionpay" : null;
  }

  static boolean hasLuhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int counted = i % 2 == 0 ? digit : digit * 2;
      sum += counted > 9 ? counted - 9 : counted;
    }
    return sum % 10 == 0;
  }
}
