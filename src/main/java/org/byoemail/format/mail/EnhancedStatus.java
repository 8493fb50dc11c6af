package org.byoemail.format.mail;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An enhanced mail system status code (RFC 3463), such as 5.1.1: class, subject and detail. */
public record EnhancedStatus(int statusClass, int subject, int detail) {
  private static final Pattern FORM =
      Pattern.compile("(?<![\\d.])([245])\\.(\\d{1,3})\\.(\\d{1,3})(?![\\d.]*\\d)");

  public EnhancedStatus {
    if (statusClass != 2 && statusClass != 4 && statusClass != 5) {
      throw new IllegalArgumentException(
          "the class of a status code is 2, 4 or 5, not " + statusClass);
    }
    if (subject < 0 || subject > 999 || detail < 0 || detail > 999) {
      throw new IllegalArgumentException("subject and detail of a status code are 0 to 999");
    }
  }

  /** The first status code in a text, such as a server's reply; empty if absent. */
  public static Optional<EnhancedStatus> find(@Nullable String text) {
    int start = text == null ? -1 : start(text);
    if (start < 0) {
      return Optional.empty();
    }
    Matcher matcher = FORM.matcher(text);
    return matcher.find(start)
        ? Optional.of(
            new EnhancedStatus(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  /** Where the first code may start; -1 where none does, as in most texts. */
  private static int start(String text) {
    int dot = text.indexOf('.', 1);
    while (dot >= 0 && "245".indexOf(text.charAt(dot - 1)) < 0) {
      dot = text.indexOf('.', dot + 1);
    }
    return Math.max(-1, dot - 1);
  }

  /** Whether trying again is of no use (class 5). */
  public boolean isPermanent() {
    return statusClass == 5;
  }

  /**
   * Whether the address has no mailbox: none (1), moved (6), or its domain accepts no mail (10);
   * RFC 3463, RFC 7505.
   */
  public boolean isNoSuchRecipient() {
    return subject == 1 && (detail == 1 || detail == 6 || detail == 10);
  }

  @Override
  public String toString() {
    return statusClass + "." + subject + "." + detail;
  }
}
