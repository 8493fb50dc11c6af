package org.byoemail.format.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads lists of addresses (RFC 5322 section 3.4) as they are sent in practice: groups, comments,
 * routes, names with commas but without quotes, addresses without brackets after a name. What
 * stands in an encoded word or in quotes is text, whatever it looks like. Words that form no
 * address are left out. Linear in the length of the field.
 */
final class AddressFields {
  private static final int MAX_ADDRESSES = 2_000;
  private static final int MAX_NAME = 200;

  /** How many words are tried, and how many are joined, to form one address. */
  private static final int MAX_TRIES = 20;

  /** How far the end of a quoted string within angle brackets is looked for. */
  private static final int MAX_QUOTED = 300;

  private final String text;
  private final List<NamedAddress> found = new ArrayList<>();
  private final StringBuilder words = new StringBuilder();
  private final List<Word> list = new ArrayList<>();
  private final StringBuilder comment = new StringBuilder();
  private String angle = "";

  /** How long the words were where the angle brackets stood. */
  private int wordsAtAngle;

  /** Where the words after the last comma begin that may belong to a name. */
  private int afterComma;

  private boolean quotesEnd = true;
  private boolean commentsEnd = true;
  private int pos;

  private AddressFields(String text) {
    this.text = text;
  }

  /**
   * What stands between blanks, or in quotes.
   *
   * @param plain whether it is neither in quotes nor an encoded word, so that it may be an address
   */
  private record Word(int start, int end, boolean plain) {}

  static List<NamedAddress> parse(String field) {
    List<NamedAddress> found = read(field);
    if (found.isEmpty() && field.contains("=?")) {
      // Some senders encode the address along with the name.
      found = read(EncodedWords.decode(field));
    }
    return List.copyOf(found);
  }

  private static List<NamedAddress> read(String field) {
    AddressFields fields = new AddressFields(field);
    fields.read();
    return fields.found;
  }

  private void read() {
    while (pos < text.length() && found.size() < MAX_ADDRESSES) {
      char c = text.charAt(pos++);
      switch (c) {
        case '"' -> quoted();
        case '(' -> comment();
        case '<' -> angle();
        case ',', ';' -> end(c == ',');
        case ':' -> forget();
        case '>' -> words.append(' ');
        case '=' -> encodedWord();
        case '[' -> bracket();
        case '\\' -> append(pos < text.length() ? text.charAt(pos++) : c);
        default -> letters();
      }
    }
    end(false);
  }

  /** Takes the letters up to the next character that ends a word, or may mean something else. */
  private void letters() {
    int start = pos - 1;
    if (!isLetter(text.charAt(start))) {
      words.append(' ');
      return;
    }
    while (pos < text.length() && isLetter(text.charAt(pos))) {
      pos++;
    }
    extend(pos - start);
    words.append(text, start, pos);
  }

  private static boolean isLetter(char c) {
    return switch (c) {
      case '"', '(', '<', ',', ';', ':', '>', '=', '[', '\\', ' ' -> false;
      default -> !Character.isWhitespace(c) && !Character.isISOControl(c);
    };
  }

  /** Adds so many characters to the word that is open, or begins one. */
  private void extend(int length) {
    int last = list.size() - 1;
    int start = words.length();
    if (last >= 0 && list.get(last).plain && list.get(last).end == start) {
      list.set(last, new Word(list.get(last).start, start + length, true));
    } else {
      list.add(new Word(start, start + length, true));
    }
  }

  private void append(char c) {
    if (Character.isWhitespace(c) || Character.isISOControl(c)) {
      words.append(' ');
      return;
    }
    extend(1);
    words.append(c);
  }

  private void append(String content) {
    if (content.isEmpty()) {
      return;
    }
    list.add(new Word(words.length(), words.length() + content.length(), false));
    words.append(content);
  }

  private void quoted() {
    StringBuilder content = new StringBuilder();
    int next = quotesEnd ? pos : text.length();
    while (next < text.length() && text.charAt(next) != '"') {
      if (text.charAt(next) == '\\' && next + 1 < text.length()) {
        next++;
      }
      content.append(text.charAt(next++));
    }
    quotesEnd = next < text.length();
    if (quotesEnd) {
      pos = next + 1;
      append(content.toString());
    } else {
      // A quote without its other half hides nothing.
      words.append(' ');
    }
  }

  private void comment() {
    StringBuilder content = new StringBuilder();
    int depth = 1;
    int next = commentsEnd ? pos : text.length();
    for (; next < text.length(); next++) {
      char c = text.charAt(next);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0) {
        break;
      }
      if (c == '\\' && next + 1 < text.length()) {
        c = text.charAt(++next);
      }
      content.append(c);
    }
    commentsEnd = next < text.length();
    if (commentsEnd) {
      pos = next + 1;
      comment.append(content);
    } else {
      append('(');
    }
  }

  /** An encoded word that has no blanks in it, or at least nothing that looks like an address. */
  private void encodedWord() {
    int start = pos - 1;
    int end = text.startsWith("=?", start) ? EncodedWords.end(text, start) : -1;
    if (end >= 0 && isOneWord(start + 2, end - 2)) {
      append(text.substring(start, end));
      pos = end;
    } else {
      append('=');
    }
  }

  private boolean isOneWord(int from, int to) {
    boolean blank = false;
    boolean special = false;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      blank |= Character.isWhitespace(c);
      special |= "<>,;@".indexOf(c) >= 0;
    }
    return !blank || !special;
  }

  /** A domain literal keeps its colons (RFC 5321 section 4.1.3). */
  private void bracket() {
    append('[');
    int last = words.length() - 2;
    while (last >= 0 && words.charAt(last) == ' ') {
      last--;
    }
    int end = last >= 0 && words.charAt(last) == '@' ? text.indexOf(']', pos) : -1;
    if (end >= 0 && end - pos <= MAX_QUOTED) {
      while (pos <= end) {
        append(text.charAt(pos++));
      }
    }
  }

  private void angle() {
    while (pos < text.length() && text.charAt(pos) == '<') {
      pos++;
    }
    if (!angle.isBlank()) {
      // Another one without a comma in front: the words after the first belong to it.
      String behind = words.substring(Math.min(wordsAtAngle, words.length()));
      words.setLength(Math.min(wordsAtAngle, words.length()));
      end(false);
      append(behind.strip());
    }
    int end = angleEnd();
    angle = AddressSyntax.bare(text.substring(pos, end));
    wordsAtAngle = words.length();
    pos = end < text.length() && text.charAt(end) == '>' ? end + 1 : end;
    words.append(' ');
  }

  private int angleEnd() {
    int end = text.indexOf('>', pos);
    if (end < 0) {
      end = pos;
      while (end < text.length() && ",;".indexOf(text.charAt(end)) < 0) {
        end++;
      }
      return end;
    }
    // Not beyond the bracket: to search the whole field at each one would take quadratic time.
    int quote = pos;
    while (quote < end && text.charAt(quote) != '"') {
      quote++;
    }
    int close = quote == end ? -1 : text.indexOf('"', quote + 1);
    if (close > end && close - quote <= MAX_QUOTED) {
      int behind = text.indexOf('>', close);
      return behind < 0 || behind - close > MAX_QUOTED ? end : behind;
    }
    return end;
  }

  private void forget() {
    words.setLength(0);
    list.clear();
    afterComma = 0;
  }

  private void end(boolean comma) {
    String before = words.toString().strip();
    if (!angle.isBlank()) {
      String name = before.isEmpty() ? comment.toString() : before;
      EmailAddress.received(angle).ifPresent(address -> add(name, address));
    } else if (words.indexOf("@") >= 0) {
      bare();
    } else if (comma && !before.isEmpty() && before.length() <= MAX_NAME) {
      // "Doe, Jane <jane@example.org>": the comma belongs to the name.
      words.setLength(words.toString().stripTrailing().length());
      words.append(", ");
      afterComma = words.length();
      return;
    }
    forget();
    comment.setLength(0);
    angle = "";
  }

  private void add(String name, EmailAddress address) {
    if (found.size() < MAX_ADDRESSES) {
      found.add(new NamedAddress(EncodedWords.decode(name), address));
    }
  }

  /** Addresses without brackets: every word is one, or the last one is and the others name it. */
  private void bare() {
    List<Word> own = afterComma();
    if (own.size() > 1 && areAddresses(own)) {
      for (Word word : own) {
        address(text(word)).ifPresent(address -> add("", address));
      }
      return;
    }
    int tries = 0;
    for (int i = own.size() - 1; i >= 0 && tries < MAX_TRIES; i--) {
      Word word = own.get(i);
      if (!word.plain || text(word).indexOf('@') < 0) {
        continue;
      }
      tries++;
      int first = firstOf(own, i);
      int last = lastOf(own, i);
      Optional<EmailAddress> address = address(joined(own, first, last));
      if (address.isPresent()) {
        String around = named(own, 0, first) + " " + named(own, last + 1, own.size());
        add(around.isBlank() ? comment.toString() : around, address.get());
        return;
      }
    }
    // No word is one by itself: a word in quotes may be, where nothing else is.
    if (own.size() == 1) {
      address(text(own.get(0))).ifPresent(address -> add(comment.toString(), address));
    }
  }

  private List<Word> afterComma() {
    if (afterComma == 0) {
      return list;
    }
    List<Word> behind = new ArrayList<>();
    for (Word word : list) {
      if (word.start >= afterComma) {
        behind.add(word);
      }
    }
    return behind;
  }

  private boolean areAddresses(List<Word> own) {
    for (Word word : own) {
      if (!isAddress(word)) {
        return false;
      }
    }
    return true;
  }

  private boolean isAddress(Word word) {
    int at = text(word).indexOf('@');
    return word.plain && at > 0 && at < word.end - word.start - 1;
  }

  /** An address may have blanks around its @ and its dots (RFC 5322 section 4.4). */
  private int firstOf(List<Word> own, int word) {
    int first = word;
    while (first > 0
        && word - first < MAX_TRIES
        && ("@.".indexOf(words.charAt(own.get(first).start)) >= 0
            || endsWith(own.get(first - 1), '.'))) {
      first--;
    }
    return first;
  }

  private int lastOf(List<Word> own, int word) {
    int last = word;
    while (last + 1 < own.size()
        && last - word < MAX_TRIES
        && (endsWith(own.get(last), '@')
            || endsWith(own.get(last), '.')
            || words.charAt(own.get(last + 1).start) == '.')) {
      last++;
    }
    return last;
  }

  private boolean endsWith(Word word, char c) {
    return word.plain && words.charAt(word.end - 1) == c;
  }

  private String joined(List<Word> own, int first, int last) {
    StringBuilder out = new StringBuilder();
    for (Word word : own.subList(first, last + 1)) {
      out.append(word.plain ? text(word) : AddressSyntax.quoted(text(word)));
    }
    return out.toString();
  }

  private String named(List<Word> own, int from, int to) {
    return from >= to ? "" : words.substring(own.get(from).start, own.get(to - 1).end);
  }

  private String text(Word word) {
    return words.substring(word.start, word.end);
  }

  private static Optional<EmailAddress> address(String text) {
    String bare = AddressSyntax.bare(text);
    int at = bare.lastIndexOf('@');
    return at < 1 || at == bare.length() - 1 ? Optional.empty() : EmailAddress.received(bare);
  }
}
