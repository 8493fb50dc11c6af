package org.byoemail.account.connection;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateExpiredException;
import java.util.List;
import javax.net.ssl.SSLException;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.jspecify.annotations.Nullable;

/** Makes {@link ConnectionFailed} of what went wrong while connecting. */
final class ConnectionFailures {
  private final Account account;
  private final Protocol protocol;
  private final ServerSettings server;

  ConnectionFailures(Account account, Protocol protocol) {
    this.account = account;
    this.protocol = protocol;
    this.server = account.server(protocol);
  }

  List<InetAddress> vet(HostVetting vetting, Deadline deadline) {
    try {
      return vetting.vet(account, protocol, deadline);
    } catch (HostRefused e) {
      throw new ConnectionFailed(account.id(), protocol, Stage.VETTING, e.getMessage(), null, e);
    }
  }

  ConnectionFailed at(Stage stage, String what, @Nullable String words, @Nullable Throwable cause) {
    return new ConnectionFailed(
        account.id(),
        protocol,
        stage,
        server.host() + ":" + server.port() + " " + what,
        words,
        cause);
  }

  ConnectionFailed smtp(SmtpLogin login, MessagingException e) {
    Stage stage = login.stage();
    SmtpReply reply = login.reply();
    boolean refusing = reply != null && (reply.isTransient() || reply.isPermanent());
    String words = refusing && reply != null ? reply.text() : null;
    ConnectionFailed failure = at(stage, what(stage, e), words, cause(stage, e));
    boolean forGood = reply != null && reply.isPermanent();
    return forGood && e instanceof AuthenticationFailedException
        ? ofToken(failure, stage, e)
        : failure;
  }

  private ConnectionFailed ofToken(ConnectionFailed failure, Stage stage, MessagingException e) {
    return stage == Stage.AUTH && server.auth() == Auth.OAUTH2
        ? new TokenRefused(
            failure, server.host() + ":" + server.port() + " " + what(stage, e), failure.words())
        : failure;
  }

  ConnectionFailed imap(ImapLogin signIn, MessagingException e, Redaction redaction) {
    Stage stage = signIn.stage();
    String words = e instanceof ImapRefused ? e.getMessage() : signIn.farewell();
    ConnectionFailed failure =
        at(stage, what(stage, e), words == null ? null : redaction.clean(words), cause(stage, e));
    // RFC 5530: UNAVAILABLE is about the server, not about the token.
    return e instanceof ImapRefused refused && !refused.code().equalsIgnoreCase("UNAVAILABLE")
        ? ofToken(failure, stage, e)
        : failure;
  }

  // The messages of an authentication failure are the server's own, which may echo what was sent.
  @Nullable Throwable cause(Stage stage, Exception e) {
    return stage == Stage.AUTH ? null : e;
  }

  /** Describes the failure. The server's reply is added only if it speaks the protocol. */
  String what(Stage stage, Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketTimeoutException) {
        return "did not answer in time (" + word(stage) + ")";
      }
      if (cause instanceof SSLException) {
        return "could not begin TLS: " + tls(cause);
      }
      if (cause instanceof ProtocolViolated && stage != Stage.GREETING) {
        return "was left at " + word(stage) + ": " + cause.getMessage();
      }
    }
    return switch (stage) {
      case CONNECT -> "refused the connection, or cannot be reached: " + root(e);
      case GREETING -> "did not greet as a " + protocol.name() + " server does";
      case EHLO -> "refused the greeting of this gateway";
      case STARTTLS -> "offers no STARTTLS, or refused it";
      case AUTH ->
          e instanceof AuthenticationFailedException || e instanceof ImapRefused
              ? "refused the sign-in"
              : "did not complete the sign-in";
      default -> "failed at " + word(stage);
    };
  }

  private static String tls(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException) {
        return "the server's certificate has expired (" + cause.getMessage() + ")";
      }
    }
    return String.valueOf(e.getMessage());
  }

  private static String root(Throwable e) {
    Throwable root = e;
    for (Throwable next = e; next != null; next = next.getCause()) {
      root = next;
    }
    return root instanceof IOException ? String.valueOf(root.getMessage()) : "no connection";
  }

  private static String word(Stage stage) {
    return stage.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}
