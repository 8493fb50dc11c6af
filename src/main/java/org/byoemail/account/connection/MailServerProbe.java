package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.List;
import javax.net.ssl.SSLException;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings.Security;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Looks whether a mail server answers at a host that a stranger named, without signing in. Safe for
 * use by many threads.
 */
@Component
public class MailServerProbe {
  private static final int READY = 220;
  private static final int OK = 250;

  private final HostVetting vetting;
  private final TrustedCertificates trusted;
  private final WriteTimeouts writeTimeouts;
  private final ConnectionSettings settings;
  private final WireBuffers buffers = new WireBuffers();
  private final String ehloName;

  MailServerProbe(
      HostVetting vetting,
      TrustedCertificates trusted,
      WriteTimeouts writeTimeouts,
      ConnectionSettings settings) {
    this.vetting = vetting;
    this.trusted = trusted;
    this.writeTimeouts = writeTimeouts;
    this.settings = settings;
    this.ehloName = SmtpConnector.ehloName(settings.ehloName());
  }

  /**
   * Vets a host without connecting to it.
   *
   * @return the reason why it is refused; null if it may be connected to
   */
  public @Nullable String refusal(String host, int port, Deadline deadline) {
    try {
      vetting.vetMail(host, port, deadline);
      return null;
    } catch (HostRefused e) {
      return e.getMessage();
    }
  }

  /**
   * Connects, begins TLS, which must be trusted for that host, and reads the greeting.
   *
   * @return what is wrong; null if a server of that protocol answers
   */
  public @Nullable String probe(
      Protocol protocol, String host, int port, Security security, Deadline deadline) {
    List<InetAddress> addresses;
    try {
      addresses = vetting.vetMail(host, port, deadline);
    } catch (HostRefused e) {
      return e.getMessage();
    }
    String server = host + ":" + port;
    try (Wire wire =
        Wire.connect(
            new InetSocketAddress(addresses.get(0), port),
            deadline.orIn(settings.connectTimeout()),
            buffers,
            writeTimeouts,
            settings.testTimeout())) {
      try {
        return greets(wire, protocol, host, port, security, deadline)
            ? null
            : server + " did not greet as a " + protocol.name() + " server does";
      } finally {
        wire.rest();
      }
    } catch (SSLException e) {
      return server + " could not begin TLS: " + e.getMessage();
    } catch (SocketTimeoutException e) {
      return server + " did not answer in time";
    } catch (ProtocolViolated | MessagingException e) {
      return server + " did not greet as a " + protocol.name() + " server does";
    } catch (IOException e) {
      return server + " refused the connection, or cannot be reached";
    }
  }

  private boolean greets(
      Wire wire, Protocol protocol, String host, int port, Security security, Deadline deadline)
      throws IOException, MessagingException {
    if (security == Security.SSL) {
      secure(wire, host, port, deadline);
    }
    if (protocol == Protocol.SMTP) {
      SmtpChannel channel = new SmtpChannel(wire, buffers, new Redaction(null, null), deadline);
      if (channel.read(deadline.left()).code() != READY) {
        return false;
      }
      if (security != Security.STARTTLS) {
        return true;
      }
      boolean offered =
          channel.send("EHLO " + ehloName, deadline.left()).code() == OK
              && new SmtpExtensions(channel.lines()).has("STARTTLS");
      if (!offered || channel.send("STARTTLS", deadline.left()).code() != READY) {
        return false;
      }
      wire.discard();
    } else {
      ImapConnection connection = new ImapConnection(wire, settings.testTimeout());
      ImapResponse greeting = connection.greeting(deadline);
      if (!greeting.isUntagged() || !greeting.is("OK")) {
        return false;
      }
      if (security != Security.STARTTLS) {
        return true;
      }
      connection.send("STARTTLS", List.of(), deadline);
    }
    secure(wire, host, port, deadline);
    return true;
  }

  private void secure(Wire wire, String host, int port, Deadline deadline) throws IOException {
    wire.secure(trusted.engine(HostVetting.name(host), port), deadline);
  }
}
