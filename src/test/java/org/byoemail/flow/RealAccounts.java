package org.byoemail.flow;

import java.nio.file.Path;
import java.util.Map;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;

/** Settings for accounts at the Postfix and Dovecot of the tests. */
final class RealAccounts {
  private RealAccounts() {}

  /** What a gateway needs to reach servers on loopback whose certificates only the tests trust. */
  static Map<String, String> gatewaySettings() {
    Path authority = CertificateAuthority.shared().certificate();
    return Map.of(
        "BYO_CONNECTION_ALLOWED_NETWORKS",
        "127.0.0.0/8,::1/128",
        "BYO_CONNECTION_TRUSTED_CERTIFICATES",
        authority.toString());
  }

  static Map<String, ?> smtp(PostfixServer postfix, MailUser user) {
    return Map.of(
        "host",
        "localhost",
        "port",
        postfix.submissionPort(),
        "security",
        "starttls",
        "auth",
        "plain",
        "username",
        user.address(),
        "password",
        user.password());
  }

  static Map<String, ?> imap(DovecotServer dovecot, MailUser user) {
    return Map.of(
        "host", "localhost",
        "port", dovecot.imapsPort(),
        "security", "ssl",
        "auth", "plain",
        "username", user.address(),
        "password", user.password(),
        "folder", "INBOX");
  }
}
