package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ScheduledExecutorService;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.Secrets;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;
import org.eclipse.angus.mail.util.MailConnectException;
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
  private final Secrets secrets;
  private final ScheduledExecutorService scheduler;
  private final Clock clock;

  SmtpConnector(
      ConnectionSettings settings,
      HostVetting vetting,
      TrustedCertificates trusted,
      Secrets secrets,
      WriteTimeouts writeTimeouts,
      Clock clock) {
    this.settings = settings;
    this.ehloName = ehloName(settings.ehloName());
    this.vetting = vetting;
    this.trusted = trusted;
    this.secrets = secrets;
    this.scheduler = writeTimeouts.scheduler();
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
   * Connects, trying the addresses of the host in turn, up to and including AUTH.
   *
   * @throws ConnectionFailed saying where and why not
   */
  SmtpConnection open(Account account, Timeouts timeouts) {
    ServerSettings server = account.server(Protocol.SMTP);
    ConnectionFailures failures = new ConnectionFailures(account, Protocol.SMTP);
    Credentials credentials = Credentials.of(account, Protocol.SMTP, secrets);
    Deadline overall = Deadline.in(timeouts.opening());
    ConnectionFailed last = null;
    for (InetAddress address : failures.vet(vetting, overall)) {
      if (last != null && overall.isOver()) {
        break;
      }
      networks.put(server.host(), network(address));
      SmtpWire wire = new SmtpWire(timeouts, overall, scheduler, clock);
      Session session = Session.getInstance(properties(server, wire, timeouts, overall));
      SmtpConnection connection =
          new SmtpConnection(
              session,
              wire,
              credentials.redaction(),
              server.security() == Security.STARTTLS,
              clock.instant());
      try {
        connection.connect(
            address.getHostAddress(), server.port(), credentials.user(), credentials.password());
        requireAuth(connection, server, failures);
        return connection;
      } catch (MessagingException e) {
        last = failures.smtp(connection, e);
        if (!(e instanceof MailConnectException)) {
          break;
        }
      }
    }
    throw last == null ? failures.at(Stage.VETTING, "the host has no address", null, null) : last;
  }

  private static void requireAuth(
      SmtpConnection connection, ServerSettings server, ConnectionFailures failures)
      throws MessagingException {
    // Angus signs in only where AUTH is offered and calls it a success where it is not.
    if (server.auth() != Auth.NONE
        && !connection.supports("AUTH")
        && !connection.supports("AUTH=LOGIN")) {
      connection.close();
      throw failures.at(Stage.AUTH, "the server offers no AUTH on this connection", null, null);
    }
  }

  private Properties properties(
      ServerSettings server, SmtpWire wire, Timeouts timeouts, Deadline overall) {
    Properties properties = new Properties();
    SocketProperties.set(properties, server, timeouts, overall);
    properties.put("mail.smtp.socketFactory", wire);
    properties.put(
        "mail.smtp.ssl.socketFactory", wire.tls(trusted, HostVetting.name(server.host())));
    properties.put("mail.smtp.auth", String.valueOf(server.auth() != Auth.NONE));
    properties.put("mail.smtp.localhost", ehloName);
    properties.put("mail.smtp.sendpartial", "true");
    properties.put(SmtpUtf8Addresses.PROPERTY, "true");
    // QUIT is sent, and its answer not waited for.
    properties.put("mail.smtp.quitwait", "false");
    return properties;
  }

  private static String ehloName(@Nullable String configured) {
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
      // RFC 5321 section 4.1.3: an address literal, where there is no name.
      return "[127.0.0.1]";
    }
  }
}
