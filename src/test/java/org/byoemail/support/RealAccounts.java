package org.byoemail.support;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
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

  /** Both servers for an account that signs in by OAuth. */
  public static Map<String, ?> byOauth(int submissionPort, int imapsPort) {
    return Map.of("smtp", oauth(submissionPort, "starttls"), "imap", oauth(imapsPort, "ssl"));
  }

  private static Map<String, ?> oauth(int port, String security) {
    return Map.of("host", "localhost", "port", port, "security", security, "auth", "oauth2");
  }

  /** An agent that everybody may write to, whose account receives at that mailbox; its id. */
  public static String receiving(ApiClient api, DovecotServer dovecot, MailUser user) {
    return receiving(api, user, imap(dovecot, user));
  }

  /** The same, which receives in several folders of that mailbox. */
  public static String receiving(
      ApiClient api, DovecotServer dovecot, MailUser user, List<String> folders) {
    Map<String, Object> imap = new HashMap<>(imap(dovecot, user));
    imap.remove("folder");
    imap.put("folders", folders);
    return receiving(api, user, imap);
  }

  private static String receiving(ApiClient api, MailUser user, Map<String, ?> imap) {
    String id =
        ApiClient.expect(
                201,
                api.post(
                    "/accounts",
                    Map.of(
                        "agent",
                        api.openAgent(user.address()),
                        "address",
                        user.address(),
                        "imap",
                        imap)))
            .text("id");
    ApiClient.expect(200, api.post("/accounts/" + id + "/test-imap"));
    ApiClient.expect(200, api.patch("/accounts/" + id, Map.of("inboundEnabled", true)));
    return id;
  }
}
