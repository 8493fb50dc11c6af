package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.byoemail.account.provider.Provider;
import org.byoemail.account.provider.Providers;
import org.byoemail.account.provider.SignIn;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;
import org.jspecify.annotations.Nullable;

/**
 * Hints for operators about failed connections. What the servers of a provider say, and what to do
 * then, is data: {@code mail/providers.yaml}.
 */
final class TroubleshootingHints {
  private static final Providers PROVIDERS = new Providers();

  /** Texts for a missing folder, besides the response code of RFC 5530. */
  private static final Pattern NO_SUCH_FOLDER =
      Pattern.compile(
          "(?i)(?:does ?n[o']t|doesn't|not|n't) (?:currently )?exist|no such|non-?existent"
              + "|not found|unknown (?:mailbox|folder|namespace)|(?:mailbox|folder) unknown"
              + "|invalid (?:mailbox|folder)|not a (?:valid )?(?:mailbox|folder)|can't find|cannot find");

  private static final Pattern NO_SUCH_FOLDER_CODE = Pattern.compile("(?i)NONEXISTENT|TRYCREATE");

  private TroubleshootingHints() {}

  /** The hint for a folder that cannot be opened; null if the server's text says enough. */
  static @Nullable String select(MessagingException refusal, ServerSettings server) {
    if (!(refusal instanceof ImapRefused refused)) {
      return null;
    }
    String words = String.valueOf(refused.getMessage());
    Optional<String> known = hint(server, words);
    if (known.isPresent()) {
      return known.get();
    }
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
      default -> hint(server, said).orElse(null);
    };
  }

  private static Optional<String> hint(ServerSettings server, String said) {
    return PROVIDERS.hint(server.host(), server.port(), said, server.auth() == Auth.OAUTH2);
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
    boolean oauth = server.auth() == Auth.OAUTH2;
    if (said.contains("has no oauth 2.0 grant")) {
      return "Authorise the account first.";
    }
    if (said.contains("needs reauthorization")) {
      return "Its owner must sign in at the provider and consent again.";
    }
    if (said.contains("no access token") || said.contains("access token is being fetched")) {
      return "Nothing is wrong at this server: the token comes from the OAuth provider.";
    }
    if (said.contains("are not sent to")) {
      return "Use the hosts of the provider that the account was authorised at.";
    }
    if (said.contains("no password is set")) {
      return "Set the password.";
    }
    Optional<String> known = hint(server, said);
    if (known.isPresent()) {
      return known.get();
    }
    if (said.contains("offers no auth") || said.contains("no login methods")) {
      return server.security() == Security.NONE
          ? "The server lets nobody sign in without TLS: set security to starttls or ssl."
          : "The server lets nobody sign in on this port: use the one for submission (587 or 465).";
    }
    if (said.contains("no authentication mechanisms")) {
      return "The server has no sign-in of this kind: try auth plain or login.";
    }
    if (oauth) {
      return "The server refused the token: connect the account again.";
    }
    return PROVIDERS
        .ofServer(server.host(), server.port())
        .map(TroubleshootingHints::password)
        .orElse(
            "Check user name and password; where two-step verification is on, most providers want"
                + " an app password.");
  }

  /** What a known provider asks of those who sign in with a password. */
  private static String password(Provider provider) {
    return provider.signIn().stream()
        .filter(way -> way.way() != SignIn.Way.OAUTH && !way.steps().isEmpty())
        .findFirst()
        .map(
            way ->
                "Check user name and password. "
                    + provider.displayName()
                    + ": "
                    + String.join(" ", way.steps()))
        .orElse(
            provider.signIn().stream().allMatch(way -> way.way() == SignIn.Way.OAUTH)
                ? provider.displayName() + " takes no passwords: connect the account by OAuth."
                : "Check user name and password.");
  }

  private static String usual(Protocol protocol) {
    return protocol == Protocol.SMTP
        ? "Usual are 587 with starttls and 465 with ssl."
        : "Usual are 993 with ssl and 143 with starttls.";
  }
}
