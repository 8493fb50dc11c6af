package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects and authenticates one connection, and records the stage reached. */
final class ImapLogin extends ServerLogin {
  private static final Logger log = LoggerFactory.getLogger(ImapLogin.class);
  private static final String ID =
      "ID (\"name\" \"BYO Email\" \"version\" %s \"vendor\" \"BYO Email\")"
          .formatted(
              SelectResult.quoted(
                  Objects.requireNonNullElse(
                      ImapLogin.class.getPackage().getImplementationVersion(), "0")));

  private @Nullable String farewell;

  /**
   * @param overall the deadline of the whole login
   */
  ImapLogin(
      ServerSettings server, TrustedCertificates trusted, Timeouts timeouts, Deadline overall) {
    super(server, trusted, timeouts, overall);
  }

  /** The text of a BYE greeting; null for any other. */
  @Nullable String farewell() {
    return farewell;
  }

  ImapConnection connect(InetSocketAddress address, Wires wires, Credentials credentials)
      throws MessagingException {
    ImapConnection connection = null;
    reach(Stage.CONNECT);
    try {
      Wire wire = wires.connect(address, overall, timeouts);
      connection = new ImapConnection(wire, timeouts.read());
      if (server.security() == Security.SSL) {
        reach(Stage.TLS);
        wire.secure(engine(), step());
      }
      greet(connection);
      if (server.security() == Security.STARTTLS) {
        startTls(connection);
      }
      reach(Stage.AUTH);
      if (connection.offer().all().isEmpty()) {
        connection.send("CAPABILITY", List.of(), step());
      }
      identify(connection);
      Set<String> before = connection.offer().all();
      signIn(connection, credentials);
      if (connection.offer().all() == before) {
        // Most servers announce further capabilities after authentication.
        connection.send("CAPABILITY", List.of(), step());
      }
      identify(connection);
      return connection;
    } catch (IOException e) {
      close(connection);
      throw new MessagingException(e.getMessage(), e);
    } catch (MessagingException | RuntimeException e) {
      close(connection);
      throw e;
    }
  }

  private static void close(@Nullable ImapConnection connection) {
    if (connection != null) {
      connection.close();
    }
  }

  private void greet(ImapConnection connection) throws IOException, MessagingException {
    reach(Stage.GREETING);
    ImapResponse greeting = connection.greeting(step());
    if (!greeting.isUntagged()
        || !(greeting.is("OK") || greeting.is("PREAUTH") || greeting.is("BYE"))) {
      farewell = ServerGreetings.refusal(greeting.line());
      throw new ProtocolViolated("no greeting of IMAP");
    }
    if (greeting.is("BYE")) {
      farewell = ImapRefused.cut(greeting.words());
      throw new MessagingException("the server does not talk to this gateway");
    }
    if (greeting.is("PREAUTH")) {
      // RFC 9051 section 11.1: PREAUTH before TLS may come from a man in the middle, and is not a
      // login to the account's mailbox.
      throw new MessagingException("the server skips the sign-in");
    }
  }

  private void startTls(ImapConnection connection) throws IOException, MessagingException {
    reach(Stage.STARTTLS);
    connection.send("STARTTLS", List.of(), step());
    connection.wire().secure(engine(), step());
    connection.offer().forget();
  }

  /** Sends ID (RFC 2971). Some providers require it before login, others before SELECT. */
  private void identify(ImapConnection connection) throws MessagingException {
    if (connection.has("ID")) {
      try {
        connection.send(ID, List.of(), step());
      } catch (ImapRefused e) {
        log.debug("A server offers ID and refuses it", e);
      }
    }
  }

  private void signIn(ImapConnection connection, Credentials credentials)
      throws MessagingException {
    String user = String.valueOf(credentials.user());
    String secret = String.valueOf(credentials.password());
    if (server.auth() == Auth.OAUTH2) {
      BearerSasl sasl = BearerSasl.offered(mechanism -> connection.has("AUTH=" + mechanism));
      if (sasl == null) {
        throw new MessagingException("the server offers neither XOAUTH2 nor OAUTHBEARER");
      }
      connection.authenticate(sasl, sasl.response(server, user, secret), step());
    } else if (connection.has("AUTH=PLAIN") && server.auth() == Auth.PLAIN) {
      authenticate(connection, "PLAIN", "\0" + user + "\0" + secret);
    } else if (!connection.has("LOGINDISABLED")) {
      login(connection, user, secret);
    } else if (connection.has("AUTH=LOGIN")) {
      connection.send("AUTHENTICATE LOGIN", List.of(base64(user), base64(secret)), step());
    } else {
      throw new MessagingException("the server has no login methods for this connection");
    }
  }

  private void authenticate(ImapConnection connection, String mechanism, String response)
      throws MessagingException {
    String encoded = base64(response);
    boolean atOnce = connection.has("SASL-IR");
    connection.send(
        "AUTHENTICATE " + mechanism + (atOnce ? " " + encoded : ""),
        atOnce ? List.of() : List.of(encoded),
        step());
  }

  /** With literals (RFC 9051 section 4.3), which may hold any character. */
  private void login(ImapConnection connection, String user, String secret)
      throws MessagingException {
    boolean plain = (user + secret).chars().allMatch(c -> c >= ' ' && c < 127);
    connection.send(
        plain
            ? "LOGIN " + SelectResult.quoted(user) + " " + SelectResult.quoted(secret)
            : "LOGIN {" + length(user) + "}",
        plain ? List.of() : List.of(user + " {" + length(secret) + "}", secret),
        step());
  }

  private static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
