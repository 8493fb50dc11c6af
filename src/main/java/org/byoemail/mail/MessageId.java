package org.byoemail.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Message-ID of a mail (RFC 5322 section 3.6.4), without its angle brackets. What strangers
 * write there is kept as it is, odd forms included, up to a length that a database index can hold.
 */
public record MessageId(String value) {
  private static final int MAX_LENGTH = 995;
  private static final Pattern IN_BRACKETS = Pattern.compile("<([^<>\\s]+)>");

  public MessageId {
    if (value.isBlank() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a Message-ID has 1 to " + MAX_LENGTH + " characters");
    }
  }

  /** Reads a Message-ID or In-Reply-To field; empty where it holds nothing usable. */
  public static Optional<MessageId> parse(@Nullable String field) {
    if (field == null) {
      return Optional.empty();
    }
    Matcher matcher = IN_BRACKETS.matcher(field);
    String id =
        matcher.find() ? matcher.group(1) : field.strip().replaceAll("[<>\\p{Cntrl}\\s]", "");
    return id.isEmpty() || id.length() > MAX_LENGTH
        ? Optional.empty()
        : Optional.of(new MessageId(id));
  }

  /** Reads a References field: its ids in order, oldest first. */
  public static List<MessageId> parseAll(@Nullable String field) {
    List<MessageId> ids = new ArrayList<>();
    if (field != null) {
      Matcher matcher = IN_BRACKETS.matcher(field);
      while (matcher.find()) {
        parse(matcher.group()).ifPresent(ids::add);
      }
    }
    return List.copyOf(ids);
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
