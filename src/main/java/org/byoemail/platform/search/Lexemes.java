package org.byoemail.platform.search;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The lexemes of operators, such as {@code =f:ada} for {@code from:ada}. They begin with {@code =},
 * as no word of a text does, so that a mail cannot contain one. With them in the same index as the
 * words, one intersection answers a whole query, within an organisation too.
 */
final class Lexemes {
  static final String ORGANIZATION = "=o:";
  static final String AGENT = "=g:";
  static final String FROM = "=f:";
  static final String TO = "=t:";
  static final String SUBJECT = "=s:";
  static final String ATTACHMENT = "=h:attachment";

  private static final int MAX_LENGTH = 200;
  private static final int MAX_LEXEMES = 600;
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");

  private final Set<String> lexemes = new LinkedHashSet<>();

  void add(String operator, @Nullable String value) {
    if (value != null && lexemes.size() < MAX_LEXEMES) {
      lexemes.add(of(operator, value));
    }
  }

  /** The lexeme of a whole value. */
  static String of(String operator, String value) {
    return operator + cut(value.toLowerCase(Locale.ROOT)).replace('\n', ' ');
  }

  void addWords(String operator, @Nullable String text) {
    words(text).forEach(word -> add(operator, word));
  }

  /** An address is found by itself, its domain with the @, and its words. */
  void addAddress(String operator, @Nullable String address) {
    if (address != null) {
      add(operator, address);
      int at = address.lastIndexOf('@');
      if (at >= 0) {
        add(operator, address.substring(at));
      }
      addWords(operator, address);
    }
  }

  Collection<String> all() {
    return lexemes;
  }

  /** What a value of an operator asks for: an address or domain as it is, else all of its words. */
  static List<String> asked(String operator, String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    return lower.contains("@")
        ? List.of(of(operator, lower))
        : words(lower).stream().map(word -> of(operator, word)).toList();
  }

  /** As it is written in a tsquery. */
  static String quoted(String lexeme) {
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  private static List<String> words(@Nullable String text) {
    List<String> words = new ArrayList<>();
    Matcher found = WORD.matcher(text == null ? "" : text);
    while (found.find() && words.size() < MAX_LEXEMES) {
      words.add(found.group());
    }
    return words;
  }

  private static String cut(String text) {
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH);
  }
}
