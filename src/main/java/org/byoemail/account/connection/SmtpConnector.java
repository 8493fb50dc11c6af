package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Opens SMTP connections, which the caller closes. Safe for use by many threads. */
@Component
class SmtpConnector {
  private static final int KNOWN_HOSTS = 10_000;

  private final Map<String, String> networks =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
              return size() > KNOWN_HOSTS;
            }
          });
  private final ConnectionSettings settings;
  private final String ehloName;
  private final HostVetting vetting;
  private final TrustedCertificates trusted;
  private final AccountCredentials credentials;
  private final Wires wires;
  private final Clock clock;

  SmtpConnector(
      ConnectionSettings settings,
      HostVetting vetting,
      TrustedCertificates trusted,
      AccountCredentials credentials,
      WriteTimeouts writeTimeouts,
      Clock clock) {
    this.settings = settings;
    this.ehloName = ehloName(settings.ehloName());
    this.vetting = vetting;
    this.trusted = trusted;
    this.credentials = credentials;
    this.wires = new Wires(writeTimeouts);
    this.clock = clock;
  }

  /** The network of the address that a host was connected to last, or the host itself. */
  String networkOf(String host) {
    return networks.getOrDefault(host, host);
  }

  private static String network(InetAddress address) {
    byte[] octets = address.getAddress();
    return HexFormat.of().formatHex(octets, 0, octets.length == 4 ? 3 : 6);
  }

  SmtpConnection open(Account account) {
    return open(account, Timeouts.working(settings));
  }

  /**
   * Connects, trying the addresses of the host in turn, up to and including AUTH. A refused access
   * token is replaced once.
   *
   * @throws ConnectionFailed with the stage and the reason
   */
  SmtpConnection open(Account account, Timeouts timeouts) {
    return open(account, timeouts, stage -> {});
  }

  /**
   * Connects as {@link #open(Account, Timeouts)}.
   *
   * @param reached called at the beginning of each stage
   */
  SmtpConnection open(Account account, Timeouts timeouts, Consumer<Stage> reached) {
    Credentials current = credentials.of(account, Protocol.SMTP);
    try {
      return open(account, timeouts, current, reached);
    } catch (ConnectionFailed e) {
      Credentials other = credentials.replacing(account, Protocol.SMTP, current, e);
      if (other == null) {
        throw e;
      }
      return open(account, timeouts, other, reached);
    }
  }

  /** Connects with these credentials. */
  SmtpConnection open(
      Account account, Timeouts timeouts, Credentials given, Consumer<Stage> reached) {
    ServerSettings server = account.server(Protocol.SMTP);
    ConnectionFailures failures = new ConnectionFailures(account, Protocol.SMTP);
    Deadline overall = Deadline.in(timeouts.opening());
    ConnectionFailed last = null;
    for (InetAddress address : failures.vet(vetting, overall)) {
      if (last != null && overall.isOver()) {
        break;
      }
      networks.put(server.host(), network(address));
      SmtpLogin login =
          new SmtpLogin(server, failures, trusted, timeouts, overall, ehloName, given);
      login.observe(reached);
      try {
        return login.connect(new InetSocketAddress(address, server.port()), wires, clock.instant());
      } catch (MessagingException e) {
        last = failures.smtp(login, e);
        if (login.stage() != Stage.CONNECT) {
          break;
        }
      }
    }
    throw last == null ? failures.at(Stage.VETTING, "the host has no address", null, null) : last;
  }

  static String ehloName(@Nullable String configured) {
    if (configured != null) {
      return configured;
    }
    try {
      InetAddress local = InetAddress.getLocalHost();
      String name = local.getHostName();
      return name.contains(".") && !name.equals(local.getHostAddress())
          ? name
          : "[" + local.getHostAddress() + "]";
    } catch (UnknownHostException e) {
      // RFC 5321 section 4.1.3: an address literal if there is no name.
      return "[127.0.0.1]";
    }
  }
}
