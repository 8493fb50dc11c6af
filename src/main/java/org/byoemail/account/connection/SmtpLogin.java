package org.byoemail.account.connection;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;
import org.jspecify.annotations.Nullable;

/** Connects and authenticates one connection, and records the stage reached. */
final class SmtpLogin extends ServerLogin {
  private static final int READY = 220;
  private static final int OK = 250;
  private static final int SIGNED_IN = 235;
  private static final int GO_ON = 334;
  private static final int CODE = 3;

  private final ConnectionFailures failures;
  private final String ehloName;
  private final Credentials credentials;
  private @Nullable SmtpReply reply;
  private SmtpExtensions extensions = SmtpExtensions.NONE;

  /**
   * @param overall the deadline of the whole login
   */
  SmtpLogin(
      ServerSettings server,
      ConnectionFailures failures,
      TrustedCertificates trusted,
      Timeouts timeouts,
      Deadline overall,
      String ehloName,
      Credentials credentials) {
    super(server, trusted, timeouts, overall);
    this.failures = failures;
    this.ehloName = ehloName;
    this.credentials = credentials;
  }

  /** The reply to the last command; null if none. */
  @Nullable SmtpReply reply() {
    return reply;
  }

  SmtpConnection connect(InetSocketAddress address, Wires wires, Instant now)
      throws MessagingException {
    SmtpChannel channel = null;
    reach(Stage.CONNECT);
    try {
      Wire wire = wires.connect(address, overall, timeouts);
      channel = new SmtpChannel(wire, wires.buffers(), credentials.redaction(), overall);
      if (server.security() == Security.SSL) {
        reach(Stage.TLS);
        wire.secure(engine(), step());
      }
      greet(channel);
      if (server.security() == Security.STARTTLS) {
        startTls(channel);
      }
      if (server.auth() != Auth.NONE) {
        reach(Stage.AUTH);
        signIn(channel);
      }
      return new SmtpConnection(channel, extensions, timeouts, credentials.redaction(), now);
    } catch (IOException e) {
      close(channel);
      throw new MessagingException(e.getMessage(), e);
    } catch (MessagingException | RuntimeException e) {
      close(channel);
      throw e;
    }
  }

  private static void close(@Nullable SmtpChannel channel) {
    if (channel != null) {
      channel.close();
    }
  }

  private SmtpReply read(SmtpChannel channel) throws IOException {
    reply = null;
    SmtpReply said = channel.read(timeouts.read());
    reply = said;
    return said;
  }

  private SmtpReply send(SmtpChannel channel, String command) throws IOException {
    channel.add(command);
    return read(channel);
  }

  private void greet(SmtpChannel channel) throws IOException, MessagingException {
    reach(Stage.GREETING);
    if (read(channel).code() != READY) {
      throw new MessagingException("the server does not talk to this gateway");
    }
    reach(Stage.EHLO);
    SmtpReply said = ehlo(channel);
    if (said.code() == OK) {
      return;
    }
    // For servers older than RFC 1869; pointless after 421.
    if (said.code() == SmtpTransaction.CLOSING || send(channel, "HELO " + ehloName).code() != OK) {
      throw new MessagingException("EHLO was refused");
    }
  }

  private SmtpReply ehlo(SmtpChannel channel) throws IOException {
    extensions = SmtpExtensions.NONE;
    SmtpReply said = send(channel, "EHLO " + ehloName);
    if (said.code() == OK) {
      extensions = new SmtpExtensions(channel.lines());
    }
    return said;
  }

  private void startTls(SmtpChannel channel) throws IOException, MessagingException {
    reach(Stage.STARTTLS);
    if (!extensions.has("STARTTLS")) {
      throw new MessagingException("the server offers no STARTTLS");
    }
    if (send(channel, "STARTTLS").code() != READY) {
      throw new MessagingException("STARTTLS was refused");
    }
    // RFC 3207 section 4.2: what was learnt in plaintext is discarded, and so is text received
    // after the reply, which a man in the middle may have injected.
    channel.wire().discard();
    channel.wire().secure(engine(), step());
    reach(Stage.EHLO);
    if (ehlo(channel).code() != OK) {
      throw new MessagingException("EHLO was refused");
    }
  }

  private void signIn(SmtpChannel channel) throws IOException, MessagingException {
    if (!extensions.hasAuth()) {
      throw failures.at(Stage.AUTH, "the server offers no AUTH on this connection", null, null);
    }
    if (server.auth() == Auth.OAUTH2) {
      signInByToken(channel);
      return;
    }
    String mechanism = server.auth().name();
    if (!extensions.hasAuth(mechanism)) {
      throw new AuthenticationFailedException("the server does not offer AUTH " + mechanism);
    }
    String user = String.valueOf(credentials.user());
    String secret = String.valueOf(credentials.password());
    SmtpReply said;
    if (server.auth() == Auth.LOGIN) {
      said = send(channel, "AUTH LOGIN");
      for (String answer : new String[] {user, secret}) {
        if (said.code() == GO_ON) {
          said = send(channel, base64(answer));
        }
      }
    } else {
      said = send(channel, "AUTH PLAIN " + base64(user + "\0" + user + "\0" + secret));
    }
    if (said.code() != SIGNED_IN) {
      throw new AuthenticationFailedException("AUTH was refused");
    }
  }

  private void signInByToken(SmtpChannel channel) throws IOException, MessagingException {
    BearerSasl sasl = BearerSasl.offered(extensions::hasAuth);
    if (sasl == null) {
      throw new AuthenticationFailedException(
          "the server offers neither AUTH XOAUTH2 nor AUTH OAUTHBEARER");
    }
    String token = String.valueOf(credentials.password());
    String response = sasl.response(server, String.valueOf(credentials.user()), token);
    SmtpReply said = send(channel, "AUTH " + sasl.mechanism() + " " + response);
    if (said.code() == GO_ON) {
      String challenge = channel.lines().get(channel.lines().size() - 1).substring(CODE);
      String detail = credentials.redaction().clean(BearerSasl.detail(challenge));
      said = send(channel, sasl.end());
      reply = new SmtpReply(said.code(), said.text() + (detail.isEmpty() ? "" : " " + detail));
    }
    if (said.code() != SIGNED_IN) {
      throw new AuthenticationFailedException("AUTH was refused");
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "SMTP login";
  }
}
