package org.byoemail.account.connection;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * First words of servers that speak another protocol. Only what is plainly a mail server's is
 * shown, or a plain refusal: nobody is to read an internal service by naming it as a mail server.
 */
final class ServerGreetings {
  private static final int MAX_LENGTH = 200;

  /** As SMTP, POP3 and IMAP servers begin. */
  private static final Pattern OF_MAIL =
      Pattern.compile(
          "(?i)(?:(?:220|4\\d\\d|5\\d\\d)(?:[ -].*)?|[+]OK\\b.*|-ERR\\b.*|[*]\\s*(?:NO|BAD)\\b.*)");

  /** The words of those who turn everybody away, with which no other protocol begins. */
  private static final Pattern REFUSAL =
      Pattern.compile(
          "(?i)(?=[a-z])[a-z ,.;:!'-]*\\b(?:busy|too many|try again|try later|overloaded|unavailable|maintenance"
              + "|shutting down|denied|refused|rejected|blocked|blacklisted|not allowed|limit)\\b[a-z0-9 ,.;:!()'-]*");

  private ServerGreetings() {}

  /** The part of a first line that may be shown; null if none may. */
  static @Nullable String refusal(String line) {
    String words = line.strip();
    if (words.length() > MAX_LENGTH) {
      words = words.substring(0, MAX_LENGTH);
    }
    boolean plain = words.chars().allMatch(c -> c >= ' ' && c < 127);
    return plain && (OF_MAIL.matcher(words).matches() || REFUSAL.matcher(words).matches())
        ? words
        : null;
  }
}
