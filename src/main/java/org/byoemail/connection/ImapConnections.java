package org.byoemail.connection;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.net.InetAddress;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.account.Account;
import org.byoemail.account.Secrets;
import org.byoemail.account.ServerSettings;
import org.byoemail.account.ServerSettings.Auth;
import org.byoemail.account.ServerSettings.Security;
import org.byoemail.account.Side;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.eclipse.angus.mail.util.MailConnectException;
import org.springframework.stereotype.Component;

/** Opens IMAP connections; they belong to the caller, who closes them. Safe for many threads. */
@Component
public class ImapConnections {
  private static final String PREFIX = "mail.imap";

  private final ConnectionSettings settings;
  private final HostVetting vetting;
  private final Trust trust;
  private final Secrets secrets;
  private final WriteTimeouts writeTimeouts;
  // What Angus reads from a session and from its properties weighs more than a connection does.
  private final Map<Kind, Session> sessions = new ConcurrentHashMap<>();

  private record Kind(Security security, Auth auth) {}

  ImapConnections(
      ConnectionSettings settings,
      HostVetting vetting,
      Trust trust,
      Secrets secrets,
      WriteTimeouts writeTimeouts) {
    this.settings = settings;
    this.vetting = vetting;
    this.trust = trust;
    this.secrets = secrets;
    this.writeTimeouts = writeTimeouts;
  }

  /**
   * Connects and signs in. The store keeps to this one connection: open its folder, and ask the
   * folder. It can be watched by Angus' IdleManager. {@code isConnected()} asks nobody.
   *
   * @throws ConnectionFailed saying where and why not
   */
  public IMAPStore open(Account account) {
    return open(account, Timeouts.working(settings));
  }

  KeptStore open(Account account, Timeouts timeouts) {
    ServerSettings server = account.server(Side.IMAP);
    Failures failures = new Failures(account, Side.IMAP);
    if (server.auth() == Auth.NONE) {
      throw failures.at(Stage.AUTH, "cannot be read without signing in", null, null);
    }
    Credentials credentials = Credentials.of(account, Side.IMAP, secrets);
    ConnectionFailed last = null;
    for (InetAddress address : failures.vet(vetting)) {
      KeptStore store =
          new KeptStore(
              session(server), own(server, timeouts), server.security() == Security.STARTTLS);
      try {
        store.connect(
            address.getHostAddress(), server.port(), credentials.user(), credentials.password());
        return store;
      } catch (MessagingException e) {
        last = failures.imap(store, e, credentials.redaction());
        if (!(e instanceof MailConnectException)) {
          break;
        }
      }
    }
    throw last == null ? failures.at(Stage.VETTING, "the host has no address", null, null) : last;
  }

  private Session session(ServerSettings server) {
    return sessions.computeIfAbsent(
        new Kind(server.security(), server.auth()),
        any -> Session.getInstance(shared(server, Timeouts.working(settings))));
  }

  private Properties own(ServerSettings server, Timeouts timeouts) {
    Properties properties = new Properties();
    SocketProperties.set(properties, PREFIX, server, timeouts);
    properties.put(PREFIX + ".writetimeout", String.valueOf(timeouts.write().toMillis()));
    properties.put(PREFIX + ".executor.writetimeout", writeTimeouts.scheduler());
    properties.put(
        PREFIX + ".ssl.socketFactory",
        new TypedNameTls(trust.sockets(), HostVetting.name(server.host()), socket -> socket));
    // So that a selector can watch the connection.
    properties.put(PREFIX + ".usesocketchannels", "true");
    return properties;
  }

  private static Properties shared(ServerSettings server, Timeouts timeouts) {
    Properties properties = new Properties();
    SocketProperties.set(properties, PREFIX, server, timeouts);
    properties.put(PREFIX + ".connectionpoolsize", "1");
    properties.put(PREFIX + ".separatestoreconnection", "false");
    properties.put(PREFIX + ".peek", "true");
    properties.put(PREFIX + ".fetchsize", String.valueOf(1 << 20));
    properties.put(PREFIX + ".compress.enable", "false");
    properties.put(PREFIX + ".closefoldersonstorefailure", "true");
    return properties;
  }
}
