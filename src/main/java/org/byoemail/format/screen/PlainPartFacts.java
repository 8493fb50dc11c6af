package org.byoemail.format.screen;

import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds amounts, accounts and addresses that are in one text but not in another. */
final class PlainPartFacts {
  private static final int MAX_FACTS = 1_000;
  private static final int MAX_READ = 256 << 10;

  private static final Pattern FACT =
      Pattern.compile(
          "(?<amount>(?:[€$£¥]|\\b(?:EUR|USD|GBP|CHF)) ?\\d[\\d.,' ]{0,15}\\d|\\b\\d[\\d.,']{0,15} ?(?:[€$£¥]|(?:EUR|USD|GBP|CHF)\\b))"
              + "|(?<account>\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\\b)"
              + "|(?<address>[\\w.+-]{1,64}+@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,5})");

  private PlainPartFacts() {}

  /** The first fact of a text that is in none of the others. */
  static Optional<String> missing(String text, String... others) {
    if (!mayHaveFacts(text)) {
      return Optional.empty();
    }
    Set<String> known = new HashSet<>();
    int read = 0;
    Matcher fact = FACT.matcher(text);
    for (int i = 0; i < MAX_FACTS && fact.find(); i++) {
      String wanted = normal(fact.group());
      while (!known.contains(wanted) && read < others.length) {
        addFacts(others[read++], known);
      }
      if (!known.contains(wanted)) {
        return Optional.of(fact.group());
      }
    }
    return Optional.empty();
  }

  /** Each fact has a digit or an @. */
  private static boolean mayHaveFacts(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9' || c == '@') {
        return true;
      }
    }
    return false;
  }

  private static void addFacts(String text, Set<String> known) {
    Matcher fact = FACT.matcher(text.substring(0, Math.min(text.length(), MAX_READ)));
    while (known.size() < MAX_FACTS && fact.find()) {
      known.add(normal(fact.group()));
    }
  }

  /** Digits of an amount without separators, so that 1.200,00 and 1,200.00 are the same. */
  private static String normal(String fact) {
    return fact.indexOf('@') >= 0
        ? fact.toLowerCase(Locale.ROOT)
        : fact.toUpperCase(Locale.ROOT)
            .replaceAll("EUR", "€")
            .replaceAll("USD", "\\$")
            .replaceAll("[^A-Z0-9]", "");
  }
}
