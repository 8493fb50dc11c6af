package org.byoemail.platform.search;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.Label;
import org.jspecify.annotations.Nullable;

/**
 * A query as a person writes it: words, "phrases", {@code or}, {@code -word}, and the operators
 * {@code from: to: subject: agent: label: has:attachment before: after:}. Immutable.
 *
 * @param text the words, for {@code websearch_to_tsquery}
 * @param without what no hit has, joined by {@code or}, for the same
 * @param operators as parts of a tsquery that are all required
 * @param labels that each hit has
 * @param withoutLabels that no hit has
 * @param before only messages from before; null: any
 * @param after only messages from then on; null: any
 */
public record SearchQuery(
    String text,
    String without,
    List<String> operators,
    List<Label> labels,
    List<Label> withoutLabels,
    @Nullable Instant before,
    @Nullable Instant after) {

  /** The longest query, in characters. */
  public static final int MAX_LENGTH = 1_000;

  private static final int MAX_PARTS = 50;
  private static final int MAX_LABELS = 5;
  private static final Pattern PART =
      Pattern.compile(
          "(?<not>-)?(?<operator>from|to|subject|agent|label|has|before|after):(?:\"(?<quoted>[^\"]*)\"|(?<value>\\S*))"
              + "|(?<word>-?\"[^\"]*\"|\\S+)",
          Pattern.CASE_INSENSITIVE);

  /** Copies of the lists are kept. */
  public SearchQuery {
    operators = List.copyOf(operators);
    labels = List.copyOf(labels);
    withoutLabels = List.copyOf(withoutLabels);
  }

  /**
   * Reads a query.
   *
   * @throws SearchRefused if it is too long, or an operator has no valid value
   */
  public static SearchQuery read(String query) {
    if (query.length() > MAX_LENGTH) {
      throw new SearchRefused("is longer than " + MAX_LENGTH + " characters");
    }
    List<String> words = new ArrayList<>();
    List<String> without = new ArrayList<>();
    List<String> operators = new ArrayList<>();
    Set<Label> labels = new TreeSet<>();
    Set<Label> withoutLabels = new TreeSet<>();
    Instant before = null;
    Instant after = null;
    Matcher part = PART.matcher(query);
    int parts = 0;
    while (part.find()) {
      if (++parts > MAX_PARTS) {
        throw new SearchRefused("has more than " + MAX_PARTS + " words");
      }
      if (part.group("operator") == null) {
        String word = part.group("word");
        // In several languages, "none of them has it" is not "one of them does not".
        if (word.startsWith("-") && word.length() > 1) {
          without.add(word.substring(1));
        } else {
          words.add(word);
        }
        continue;
      }
      String operator = part.group("operator").toLowerCase(Locale.ROOT);
      String value = part.group("quoted") == null ? part.group("value") : part.group("quoted");
      switch (operator) {
        case "before" -> before = time(operator, value);
        case "after" -> after = time(operator, value);
        case "label" -> (part.group("not") == null ? labels : withoutLabels).add(label(value));
        default -> {
          String required = required(operator, value);
          operators.add(part.group("not") == null ? required : "!(" + required + ")");
        }
      }
    }
    if (words.isEmpty()
        && without.isEmpty()
        && operators.isEmpty()
        && labels.isEmpty()
        && withoutLabels.isEmpty()
        && before == null
        && after == null) {
      throw new SearchRefused("has nothing to search for");
    }
    if (labels.size() + withoutLabels.size() > MAX_LABELS) {
      throw new SearchRefused("has more than " + MAX_LABELS + " labels");
    }
    return new SearchQuery(
        String.join(" ", words),
        String.join(" or ", without),
        operators,
        List.copyOf(labels),
        List.copyOf(withoutLabels),
        before,
        after);
  }

  private static String required(String operator, String value) {
    List<String> lexemes =
        switch (operator) {
          case "from" -> Lexemes.asked(Lexemes.FROM, value);
          case "to" -> Lexemes.asked(Lexemes.TO, value);
          case "subject" -> Lexemes.asked(Lexemes.SUBJECT, value.replace('@', ' '));
          case "agent" -> List.of(Lexemes.AGENT + uuid(value));
          default -> attachment(value);
        };
    if (lexemes.isEmpty()) {
      throw new SearchRefused(operator + ": needs a value, such as " + operator + ":ada");
    }
    return String.join(" & ", lexemes.stream().map(Lexemes::quoted).toList());
  }

  private static List<String> attachment(String value) {
    if (!value.equalsIgnoreCase("attachment")) {
      throw new SearchRefused("has: can be has:attachment only");
    }
    return List.of(Lexemes.ATTACHMENT);
  }

  private static Label label(String value) {
    try {
      return Label.parse(value);
    } catch (IllegalArgumentException e) {
      throw new SearchRefused("label: needs a label, which " + Label.RULE);
    }
  }

  private static UUID uuid(String value) {
    try {
      return UUID.fromString(value);
    } catch (IllegalArgumentException e) {
      throw new SearchRefused("agent: needs the id of an agent");
    }
  }

  private static Instant time(String operator, String value) {
    try {
      Instant time =
          value.contains("T")
              ? Instant.parse(value)
              : LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant();
      if (time.isAfter(Instant.EPOCH) && time.isBefore(Instant.parse("9999-01-01T00:00:00Z"))) {
        return time;
      }
    } catch (DateTimeException e) {
      // Refused below.
    }
    throw new SearchRefused(operator + ": needs a date such as 2026-11-24, or a time in UTC");
  }
}
