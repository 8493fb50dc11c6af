package org.byoemail.support;

import java.nio.file.Path;
import java.util.Map;

/** Settings for accounts at the Postfix and Dovecot of the tests. */
public final class RealAccounts {
  private RealAccounts() {}

  /** What a gateway needs to reach servers on loopback whose certificates only the tests trust. */
  public static Map<String, String> gatewaySettings() {
    Path authority = CertificateAuthority.shared().certificate();
    return Map.of(
        "BYO_CONNECTION_ALLOWED_NETWORKS",
        "127.0.0.0/8,::1/128",
        "BYO_CONNECTION_TRUSTED_CERTIFICATES",
        authority.toString());
  }

  public static Map<String, ?> smtp(PostfixServer postfix, MailUser user) {
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

  public static Map<String, ?> imap(DovecotServer dovecot, MailUser user) {
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
