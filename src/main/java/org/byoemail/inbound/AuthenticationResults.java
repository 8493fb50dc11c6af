package org.byoemail.inbound;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.NamedAddress;
import org.byoemail.mime.MailHeaders;

/**
 * Reads an Authentication-Results field (RFC 8601); {@link Authentications} says whose is believed.
 *
 * <p>DMARC decides where it was checked. Otherwise SPF or DKIM count only for a domain that is that
 * of the From field, or lies above or below it.
 */
final class AuthenticationResults {
  private static final Pattern COMMENT = Pattern.compile("\\([^()]*\\)");
  private static final Pattern RESULT =
      Pattern.compile(
          "^\\s*(dmarc|dkim|spf)(?:\\s*/\\s*\\d+)?\\s*=\\s*([a-z]+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern DOMAIN =
      Pattern.compile(
          "\\b(?:header\\.d|header\\.i|smtp\\.mailfrom|smtp\\.helo)\\s*=\\s*\"?(?:[^\\s;\"@]*@)?([^\\s;\"@]+)",
          Pattern.CASE_INSENSITIVE);

  private AuthenticationResults() {}

  /** Who wrote a field: its authserv-id in lower case, empty where it names none. */
  static String server(String field) {
    String first = withoutComments(field).split(";", 2)[0].strip();
    return first.contains("=") ? "" : first.split("\\s", 2)[0].toLowerCase(Locale.ROOT);
  }

  /**
   * @param headers those of the mail, for the domain in From
   */
  static Authentication read(String field, MailHeaders headers) {
    String domain = headers.from().map(NamedAddress::address).map(EmailAddress::domain).orElse("");
    boolean passed = false;
    boolean failed = false;
    for (String part : withoutComments(field).split(";")) {
      Matcher result = RESULT.matcher(part);
      if (!result.find()) {
        continue;
      }
      String method = result.group(1).toLowerCase(Locale.ROOT);
      String verdict = result.group(2).toLowerCase(Locale.ROOT);
      if (method.equals("dmarc") && (verdict.equals("pass") || verdict.equals("fail"))) {
        return verdict.equals("pass") ? Authentication.PASS : Authentication.FAIL;
      }
      passed |= verdict.equals("pass") && isAligned(part, domain);
      failed |= verdict.equals("fail") || verdict.equals("softfail") || verdict.equals("policy");
    }
    if (passed) {
      return Authentication.PASS;
    }
    return failed ? Authentication.FAIL : Authentication.NONE;
  }

  private static boolean isAligned(String part, String domain) {
    Matcher matcher = DOMAIN.matcher(part);
    if (domain.isEmpty() || !matcher.find()) {
      return false;
    }
    String signer = matcher.group(1).toLowerCase(Locale.ROOT);
    return signer.contains(".")
        && (signer.equals(domain)
            || domain.endsWith("." + signer)
            || signer.endsWith("." + domain));
  }

  private static String withoutComments(String field) {
    String rest = field;
    for (String before = ""; !rest.equals(before); ) {
      before = rest;
      rest = COMMENT.matcher(rest).replaceAll(" ");
    }
    return rest;
  }
}
