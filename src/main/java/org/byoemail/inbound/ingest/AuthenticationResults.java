package org.byoemail.inbound.ingest;

import java.util.Locale;
import org.byoemail.format.authentication.AuthenticationField;
import org.byoemail.format.authentication.AuthenticationField.Result;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;

/**
 * What an Authentication-Results field says of the sender of a mail; {@link SenderAuthentication}
 * says whose is believed.
 *
 * <p>DMARC decides where it was checked, and one failure among several results of it is a failure.
 * Otherwise SPF or DKIM count only for a domain that equals the From field's, or lies above or
 * below it. A malformed field authenticates no sender.
 */
final class AuthenticationResults {
  private final String domain;
  private boolean dmarcPassed;
  private boolean dmarcFailed;
  private boolean passed;
  private boolean failed;

  private AuthenticationResults(String domain) {
    this.domain = domain;
  }

  /** Who wrote a field: its authserv-id in lower case, empty if it names none. */
  static String server(String field) {
    return AuthenticationField.parse(field).server();
  }

  /**
   * Reads one.
   *
   * @param headers the mail's header fields, for the domain in From
   */
  static Authentication read(String field, MailHeaders headers) {
    AuthenticationResults results =
        new AuthenticationResults(
            headers.from().map(NamedAddress::address).map(EmailAddress::domain).orElse(""));
    AuthenticationField read = AuthenticationField.parse(field);
    read.results().forEach(results::count);
    return results.verdict(read.isMalformed());
  }

  private Authentication verdict(boolean malformed) {
    if (dmarcFailed) {
      return Authentication.FAIL;
    }
    if ((dmarcPassed || passed) && !malformed) {
      return Authentication.PASS;
    }
    return failed ? Authentication.FAIL : Authentication.NONE;
  }

  private void count(Result result) {
    boolean pass = result.result().equals("pass");
    boolean fail = result.result().equals("fail");
    switch (result.method()) {
      case "dmarc" -> {
        String from = result.property("header.from");
        dmarcPassed |= pass && (from.isEmpty() || isAligned(from));
        dmarcFailed |= fail;
      }
      case "dkim" -> passed |= pass && isAligned(either(result, "header.d", "header.i"));
      case "spf" ->
          // What was said at HELO is proven only where there was no sender.
          passed |= pass && isAligned(either(result, "smtp.mailfrom", "smtp.helo"));
      default -> {
        return;
      }
    }
    failed |= fail || result.result().equals("softfail") || result.result().equals("policy");
  }

  private static String either(Result result, String first, String second) {
    return result.properties().containsKey(first)
        ? result.property(first)
        : result.property(second);
  }

  private boolean isAligned(String value) {
    String signer = value.substring(value.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    return !domain.isEmpty()
        && signer.contains(".")
        && (signer.equals(domain)
            || domain.endsWith("." + signer)
            || signer.endsWith("." + domain));
  }
}
