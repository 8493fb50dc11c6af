package org.byoemail.inbound.ingest;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;

/**
 * Reads an Authentication-Results field (RFC 8601 section 2.2) in one pass; {@link
 * SenderAuthentication} says whose is believed.
 *
 * <p>DMARC decides where it was checked, and one failure among several results of it is a failure.
 * Otherwise SPF or DKIM count only for a domain that is that of the From field, or lies above or
 * below it. Parts of the field repeat what the sender wrote, so quoted strings and comments are
 * skipped as such, and a malformed field authenticates no sender.
 */
final class AuthenticationResults {
  /** What {@link org.byoemail.format.mime.ParseLimits} keeps of a field. */
  private static final int MAX_LENGTH = 64 << 10;

  private final String field;
  private final String domain;
  private int pos;
  private boolean malformed;
  private boolean quoted;
  private boolean dmarcPassed;
  private boolean dmarcFailed;
  private boolean passed;
  private boolean failed;

  private AuthenticationResults(String field, String domain) {
    this.field = field.substring(0, Math.min(field.length(), MAX_LENGTH));
    this.malformed = field.length() > MAX_LENGTH;
    this.domain = domain;
  }

  /** Who wrote a field: its authserv-id in lower case, empty if it names none. */
  static String server(String field) {
    AuthenticationResults results = new AuthenticationResults(field, "");
    results.skipBlanks();
    String server = results.value("=");
    // Some servers begin with their first result.
    while (results.moreInPart()) {
      if (results.field.charAt(results.pos) == '=') {
        return "";
      }
      results.value("=");
    }
    return server.toLowerCase(Locale.ROOT);
  }

  /**
   * Reads one.
   *
   * @param headers those of the mail, for the domain in From
   */
  static Authentication read(String field, MailHeaders headers) {
    AuthenticationResults results =
        new AuthenticationResults(
            field, headers.from().map(NamedAddress::address).map(EmailAddress::domain).orElse(""));
    do {
      results.part();
    } while (results.pos++ < results.field.length());
    return results.verdict();
  }

  private Authentication verdict() {
    if (dmarcFailed) {
      return Authentication.FAIL;
    }
    if ((dmarcPassed || passed) && !malformed) {
      return Authentication.PASS;
    }
    return failed ? Authentication.FAIL : Authentication.NONE;
  }

  /** The text up to the next semicolon: the authserv-id, or a result with its properties. */
  private void part() {
    String method = "";
    String result = "";
    Map<String, String> properties = new HashMap<>();
    StringBuilder name = new StringBuilder();
    boolean first = true;
    while (moreInPart()) {
      if (field.charAt(pos) != '=') {
        word(name, first);
        continue;
      }
      pos++;
      skipBlanks();
      String value = value("");
      String key = name.toString().toLowerCase(Locale.ROOT);
      name.setLength(0);
      if (first) {
        method = key.split("/", 2)[0];
        result = quoted ? "" : value.toLowerCase(Locale.ROOT);
      } else {
        properties.putIfAbsent(key, value);
      }
      first = false;
    }
    count(method, result, properties);
  }

  /**
   * A word of a name, which blanks may split at its dot or slash. Before a result there is but one.
   */
  private void word(StringBuilder name, boolean first) {
    String word = value("=");
    if (quoted) {
      // No name is in quotes, and this one becomes none that is known.
      name.append('"');
    } else if (name.length() > 0
        && !isJoint(name.charAt(name.length() - 1))
        && !isJoint(word.charAt(0))) {
      if (first) {
        name.append(' ');
      } else {
        name.setLength(0);
      }
    }
    name.append(word);
  }

  private static boolean isJoint(char c) {
    return c == '.' || c == '/';
  }

  private void count(String method, String result, Map<String, String> properties) {
    boolean pass = result.equals("pass");
    boolean fail = result.equals("fail");
    switch (method) {
      case "dmarc" -> {
        String from = properties.get("header.from");
        dmarcPassed |= pass && (from == null || isAligned(from));
        dmarcFailed |= fail;
      }
      case "dkim" -> passed |= pass && isAligned(either(properties, "header.d", "header.i"));
      case "spf" ->
          // What was said at HELO is proven only where there was no sender.
          passed |= pass && isAligned(either(properties, "smtp.mailfrom", "smtp.helo"));
      default -> {
        return;
      }
    }
    failed |= fail || result.equals("softfail") || result.equals("policy");
  }

  private static String either(Map<String, String> properties, String first, String second) {
    return properties.getOrDefault(first, properties.getOrDefault(second, ""));
  }

  private boolean isAligned(String value) {
    String signer = value.substring(value.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    return !domain.isEmpty()
        && signer.contains(".")
        && (signer.equals(domain)
            || domain.endsWith("." + signer)
            || signer.endsWith("." + domain));
  }

  /** Whether there is any text before the next semicolon. */
  private boolean moreInPart() {
    skipBlanks();
    return pos < field.length() && field.charAt(pos) != ';';
  }

  /** Skips white space and comments. */
  private void skipBlanks() {
    for (; pos < field.length(); pos++) {
      char c = field.charAt(pos);
      if (c == '(') {
        skipComment();
      } else if (c == ')') {
        malformed = true;
      } else if (!Character.isWhitespace(c)) {
        return;
      }
    }
  }

  /** Ends at the parenthesis that closes it. */
  private void skipComment() {
    int depth = 0;
    for (; pos < field.length(); pos++) {
      char c = field.charAt(pos);
      if (c == '\\') {
        pos++;
      } else if (c == '(') {
        depth++;
      } else if (c == ')' && --depth == 0) {
        return;
      }
    }
    malformed = true;
  }

  /**
   * A word, or a quoted string with what follows it at once, as in the address of a sender.
   *
   * @param ends what ends it, apart from white space, comments and semicolons
   */
  private String value(String ends) {
    StringBuilder text = new StringBuilder();
    quoted = pos < field.length() && field.charAt(pos) == '"';
    if (quoted) {
      quotedString(text);
    }
    for (; pos < field.length(); pos++) {
      char c = field.charAt(pos);
      if (c == ';' || c == '(' || c == ')' || Character.isWhitespace(c) || ends.indexOf(c) >= 0) {
        break;
      }
      // Else what a sender wrote could begin a string that hides what comes after it.
      malformed |= c == '"';
      text.append(c);
    }
    return text.toString();
  }

  private void quotedString(StringBuilder text) {
    for (pos++; pos < field.length(); pos++) {
      char c = field.charAt(pos);
      if (c == '"') {
        pos++;
        return;
      }
      if (c == '\\' && pos + 1 < field.length()) {
        pos++;
      }
      text.append(field.charAt(pos));
    }
    malformed = true;
  }
}
