package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.springframework.stereotype.Component;

/** Opens IMAP connections, which the caller owns and closes. Safe for use by many threads. */
@Component
public class ImapConnections {
  private final ConnectionSettings settings;
  private final HostVetting vetting;
  private final TrustedCertificates trusted;
  private final AccountCredentials credentials;
  private final Wires wires;

  ImapConnections(
      ConnectionSettings settings,
      HostVetting vetting,
      TrustedCertificates trusted,
      AccountCredentials credentials,
      WriteTimeouts writeTimeouts) {
    this.settings = settings;
    this.vetting = vetting;
    this.trusted = trusted;
    this.credentials = credentials;
    this.wires = new Wires(writeTimeouts);
  }

  /**
   * Connects and authenticates, within the connect timeout plus twice the read timeout in total.
   *
   * @throws ConnectionFailed with the stage and the reason
   */
  public ImapConnection open(Account account) {
    return open(account, address -> {});
  }

  /**
   * Connects and authenticates.
   *
   * @param gate may refuse an address before it is connected to
   */
  public ImapConnection open(Account account, ConnectionGate gate) {
    Timeouts timeouts = Timeouts.working(settings);
    return open(
        account, timeouts, Deadline.in(timeouts.opening()), new Observers(gate, stage -> {}));
  }

  /**
   * @param overall the deadline of connect and authentication
   * @param reached called at the beginning of each stage
   */
  ImapConnection open(
      Account account, Timeouts timeouts, Deadline overall, Consumer<Stage> reached) {
    return open(account, timeouts, overall, new Observers(address -> {}, reached));
  }

  /** Connects with these credentials. */
  ImapConnection open(
      Account account,
      Timeouts timeouts,
      Deadline overall,
      Credentials credentials,
      Consumer<Stage> reached) {
    return open(account, timeouts, overall, new Observers(address -> {}, reached), credentials);
  }

  /** Asked before an address is connected to, and notified when each stage begins. */
  private record Observers(ConnectionGate gate, Consumer<Stage> reached) {}

  /** A refused access token is replaced once. */
  private ImapConnection open(
      Account account, Timeouts timeouts, Deadline overall, Observers observers) {
    Credentials current = credentials.of(account, Protocol.IMAP);
    try {
      return open(account, timeouts, overall, observers, current);
    } catch (ConnectionFailed e) {
      Credentials other = credentials.replacing(account, Protocol.IMAP, current, e);
      if (other == null) {
        throw e;
      }
      return open(account, timeouts, overall, observers, other);
    }
  }

  private ImapConnection open(
      Account account,
      Timeouts timeouts,
      Deadline overall,
      Observers observers,
      Credentials given) {
    ServerSettings server = account.server(Protocol.IMAP);
    ConnectionFailures failures = new ConnectionFailures(account, Protocol.IMAP);
    if (server.auth() == Auth.NONE) {
      throw failures.at(Stage.AUTH, "cannot be read without signing in", null, null);
    }
    ConnectionFailed last = null;
    for (InetAddress address : failures.vet(vetting, overall)) {
      observers.gate().pass(address);
      ImapLogin signIn = new ImapLogin(server, trusted, timeouts, overall);
      signIn.observe(observers.reached());
      try {
        return signIn.connect(new InetSocketAddress(address, server.port()), wires, given);
      } catch (MessagingException e) {
        last = failures.imap(signIn, e, given.redaction());
        if (signIn.stage() != Stage.CONNECT) {
          break;
        }
      }
    }
    throw last == null ? failures.at(Stage.VETTING, "the host has no address", null, null) : last;
  }
}
