package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Security;
import org.jspecify.annotations.Nullable;

/** Hints for operators about failed connections. */
final class TroubleshootingHints {
  // Phrases of Gmail, Yahoo, iCloud, Microsoft 365 and Zoho; the first match wins.
  private static final List<Known> SIGN_IN =
      List.of(
          new Known("application-specific password", Texts.APP_PASSWORD),
          new Known("app password", Texts.APP_PASSWORD),
          new Known("5.7.9", Texts.APP_PASSWORD),
          new Known("5.7.139", Texts.SMTP_AUTH_DISABLED),
          new Known("smtpclientauthentication is disabled", Texts.SMTP_AUTH_DISABLED),
          new Known("basic authentication is disabled", Texts.BASIC_DISABLED),
          new Known("must issue a starttls", Texts.TLS_FIRST),
          new Known("asks for tls first", Texts.TLS_FIRST),
          new Known("encryption required", Texts.TLS_FIRST));

  private record Known(String words, String hint) {}

  /** Texts for a missing folder, besides the response code of RFC 5530. */
  private static final Pattern NO_SUCH_FOLDER =
      Pattern.compile(
          "(?i)(?:does ?n[o']t|doesn't|not|n't) (?:currently )?exist|no such|non-?existent"
              + "|not found|unknown (?:mailbox|folder|namespace)|(?:mailbox|folder) unknown"
              + "|invalid (?:mailbox|folder)|not a (?:valid )?(?:mailbox|folder)|can't find|cannot find");

  private static final Pattern NO_SUCH_FOLDER_CODE = Pattern.compile("(?i)NONEXISTENT|TRYCREATE");

  private TroubleshootingHints() {}

  /** The hint for a folder that cannot be opened; null if the server's text says enough. */
  static @Nullable String select(MessagingException refusal) {
    if (!(refusal instanceof ImapRefused refused)) {
      return null;
    }
    String words = String.valueOf(refused.getMessage());
    if (NO_SUCH_FOLDER_CODE.matcher(refused.code()).matches()
        || NO_SUCH_FOLDER.matcher(words).find()) {
      return "Check the name of the folder.";
    }
    return "The server let this gateway in but does not open the folder, for the reason that it"
        + " names: ask its provider, or look into the mailbox's security settings.";
  }

  static @Nullable String of(ConnectionFailed failure, ServerSettings server) {
    String said = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    boolean silent = said.contains("did not answer in time");
    return switch (failure.stage()) {
      case VETTING -> said.contains("no public address") ? "Check the spelling of the host." : null;
      case CONNECT ->
          "Check host and port, and whether a firewall lets this gateway out: "
              + usual(failure.protocol());
      case TLS -> tls(said, failure.protocol());
      case GREETING ->
          said.matches("(?s).*: (?:4\\d\\d[ -]|.*(?:busy|too many|try again|try later)).*")
              ? "The server turns connections away at present: try again later."
              : silent && server.security() != Security.SSL
                  ? "The port seems to expect TLS from the start: set security to ssl, or use another"
                      + " port. "
                      + usual(failure.protocol())
                  : "There is another kind of server on this port. " + usual(failure.protocol());
      case STARTTLS ->
          said.contains("tls:")
              ? tls(said, failure.protocol())
              : "The server has no STARTTLS here. " + usual(failure.protocol());
      case AUTH -> signIn(said, server);
      default -> null;
    };
  }

  private static String tls(String said, Protocol protocol) {
    if (said.contains("unrecognized ssl message") || said.contains("plaintext")) {
      return "The port does not begin with TLS: set security to starttls, or use another port. "
          + usual(protocol);
    }
    if (said.contains("subject alternative") || said.contains("no name matching")) {
      return "The certificate is for another name: use the host name that it was issued for.";
    }
    if (said.contains("notafter") || said.contains("expired") || said.contains("validity check")) {
      return "The server's certificate has expired: its operator must renew it.";
    }
    if (said.contains("path building") || said.contains("pkix") || said.contains("anchor")) {
      return "The certificate is signed by nobody known here: name its authority in"
          + " byo.connection.trusted-certificates (BYO_CONNECTION_TRUSTED_CERTIFICATES).";
    }
    return "TLS failed; it must be version 1.2 or later. " + usual(protocol);
  }

  private static String signIn(String said, ServerSettings server) {
    for (Known known : SIGN_IN) {
      if (said.contains(known.words())) {
        return known.hint();
      }
    }
    if (said.contains("oauth 2 needs a token")) {
      return "Authorise the account first.";
    }
    if (said.contains("no password is set")) {
      return "Set the password.";
    }
    if (said.contains("offers no auth") || said.contains("no login methods")) {
      return server.security() == Security.NONE
          ? Texts.TLS_FIRST
          : "The server lets nobody sign in on this port: use the one for submission (587 or 465).";
    }
    if (said.contains("no authentication mechanisms")) {
      return "The server has no sign-in of this kind: try auth plain or login.";
    }
    return "Check user name and password; where two-step verification is on, most providers want"
        + " an app password.";
  }

  private static String usual(Protocol protocol) {
    return protocol == Protocol.SMTP
        ? "Usual are 587 with starttls and 465 with ssl."
        : "Usual are 993 with ssl and 143 with starttls.";
  }

  private static final class Texts {
    static final String APP_PASSWORD =
        "The provider wants an app password: make one in the mailbox's security settings and use it"
            + " here.";
    static final String SMTP_AUTH_DISABLED =
        "SMTP AUTH is disabled for this mailbox: its administrator must enable authenticated SMTP.";
    static final String BASIC_DISABLED =
        "The provider no longer lets passwords in: this mailbox needs OAuth 2.";
    static final String TLS_FIRST =
        "The server lets nobody sign in without TLS: set security to starttls or ssl.";
  }
}
