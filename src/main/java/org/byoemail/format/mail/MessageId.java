package org.byoemail.format.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Message-ID of a mail (RFC 5322 section 3.6.4), without its angle brackets. Foreign ids are
 * kept as they are, odd forms included, up to a length that a database index can hold.
 */
public record MessageId(String value) {
  private static final int MAX_LENGTH = 995;
  private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Cntrl}]+");
  private static final Pattern SEPARATORS = Pattern.compile("[,;]+");
  private static final Pattern AROUND = Pattern.compile("^[,;\"]+|[,;\"]{1,9}$");

  public MessageId {
    if (value.isBlank() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a Message-ID has 1 to " + MAX_LENGTH + " characters");
    }
  }

  /**
   * Reads a Message-ID or In-Reply-To field, also one in encoded words, without brackets or with
   * blanks within them; empty if it holds nothing usable.
   */
  public static Optional<MessageId> parse(@Nullable String field) {
    if (field == null) {
      return Optional.empty();
    }
    String text = EncodedWords.read(field).text();
    List<MessageId> ids = inBrackets(text, 1);
    if (ids.isEmpty()) {
      ids = bare(text, 1);
    }
    return ids.isEmpty() ? of(text) : Optional.of(ids.get(0));
  }

  /** Reads a References field, in any form: its ids in order, oldest first. */
  public static List<MessageId> parseAll(@Nullable String field) {
    if (field == null) {
      return List.of();
    }
    String text = EncodedWords.read(field).text();
    List<MessageId> ids = inBrackets(text, Integer.MAX_VALUE);
    return ids.isEmpty() ? bare(text, Integer.MAX_VALUE) : ids;
  }

  /** What stands in brackets, one of which may be missing, and words with an @ around them. */
  private static List<MessageId> inBrackets(String text, int most) {
    List<MessageId> ids = new ArrayList<>();
    int open = text.indexOf('<');
    int close = text.indexOf('>');
    if (open > 0 && most > 1) {
      ids.addAll(bare(text.substring(0, open), most));
    }
    while (open >= 0 && ids.size() < most) {
      int next = text.indexOf('<', open + 1);
      // Searched again only after the last hit: a row of opening ones would take quadratic time.
      close = close >= 0 && close < open ? text.indexOf('>', open) : close;
      boolean closed = close >= 0 && (next < 0 || close < next);
      int end = closed ? close : next < 0 ? text.length() : next;
      String content = text.substring(open + 1, end);
      if (content.indexOf('@') == content.lastIndexOf('@')) {
        of(content).ifPresent(ids::add);
      } else {
        ids.addAll(bare(content, most));
      }
      if (closed && most > 1) {
        ids.addAll(bare(text.substring(end + 1, next < 0 ? text.length() : next), most));
      }
      open = next;
    }
    return ids;
  }

  /** Words with an @ in them. */
  private static List<MessageId> bare(String text, int most) {
    if (text.indexOf('@') < 0) {
      return List.of();
    }
    return BLANKS
        .splitAsStream(text)
        .flatMap(
            word ->
                word.indexOf('@') == word.lastIndexOf('@')
                    ? Stream.of(word)
                    : SEPARATORS.splitAsStream(word))
        .map(word -> AROUND.matcher(word).replaceAll(""))
        .filter(word -> word.indexOf('@') > 0)
        .flatMap(word -> of(word).stream())
        .limit(most)
        .toList();
  }

  private static Optional<MessageId> of(String text) {
    String id = withoutBlanks(text);
    return id.isEmpty() || id.length() > MAX_LENGTH
        ? Optional.empty()
        : Optional.of(new MessageId(id));
  }

  private static String withoutBlanks(String text) {
    int first = 0;
    while (first < text.length() && isPart(text.charAt(first))) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length()).append(text, 0, first);
    for (int i = first + 1; i < text.length(); i++) {
      if (isPart(text.charAt(i))) {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }

  private static boolean isPart(char c) {
    return c > ' ' && c != 0x7F && c != '<' && c != '>';
  }

  /** The form of a header field, in angle brackets. */
  public String inBrackets() {
    return "<" + value + ">";
  }

  @Override
  public String toString() {
    return value;
  }
}
