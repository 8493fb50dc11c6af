package org.byoemail.account.connection;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Vets the hosts of mail servers. Host names come from strangers: all addresses of a host must be
 * public, or in an allowed network. Connections are made to the vetted addresses, so that a second
 * lookup cannot return others (DNS rebinding). Safe for use by many threads.
 */
@Component
public class HostVetting {
  /** The ports of SMTP, submission and IMAP, with and without implicit TLS. */
  static final Set<Integer> PORTS = Set.of(25, 465, 587, 2525, 143, 993);

  private static final Logger LOG = LoggerFactory.getLogger(HostVetting.class);
  private static final Set<Integer> WEB_PORTS = Set.of(80, 443);
  private static final int RELAYING = 25;
  private static final int SUBMISSION = 587;
  private static final int MAX_ADDRESSES = 4;
  private static final String NO_PUBLIC_ADDRESS =
      "the host %s has no public address: it is unknown, or in a network that must be allowed by"
          + " byo.connection.allowed-networks (BYO_CONNECTION_ALLOWED_NETWORKS)";
  // Otherwise the response time would reveal the reason.
  private static final Duration REFUSED_AFTER = Duration.ofSeconds(1);

  /** Resolves a host name. */
  interface Resolver {
    /** Resolves by the deadline; a later answer counts as an unknown host. */
    InetAddress[] addresses(String host, Deadline deadline) throws UnknownHostException;
  }

  private final List<AllowedNetwork> configured;
  private final ObjectProvider<AllowedNetwork> contributed;
  private final Resolver resolver;
  private final Duration refusedAfter;

  @Autowired
  HostVetting(
      ConnectionSettings settings,
      ObjectProvider<AllowedNetwork> contributed,
      HostLookups lookups) {
    this(settings, contributed, lookups, REFUSED_AFTER);
  }

  /**
   * @param refusedAfter refusals are delayed to a multiple of this time
   */
  HostVetting(
      ConnectionSettings settings,
      ObjectProvider<AllowedNetwork> contributed,
      Resolver resolver,
      Duration refusedAfter) {
    this.refusedAfter = refusedAfter;
    this.configured = settings.allowedNetworks().stream().map(AllowedNetwork::parse).toList();
    this.contributed = contributed;
    this.resolver = resolver;
  }

  /**
   * Resolves and vets the server of an account: its allowed addresses, in the order to try them.
   * The error is the same whether the name does not exist, DNS did not answer, or the network is
   * private.
   *
   * @param deadline the time by which it must be resolved
   * @throws HostRefused if the host has no address, one of them or the port is not allowed, or the
   *     settings are allowed in allowed networks only
   * @throws IllegalStateException if the lookup fails on this side
   */
  List<InetAddress> vet(Account account, Protocol protocol, Deadline deadline) {
    long began = System.nanoTime();
    try {
      return judge(account, protocol, deadline);
    } catch (HostRefused e) {
      waitForFullTime(began);
      throw e;
    }
  }

  /**
   * Resolves and vets a web server that a stranger named, on 80 or 443, and any host and port in
   * the allowed networks. The error is the same for every reason.
   *
   * @return its addresses, to connect to; at least one
   * @throws HostRefused if the host has no address, or one of them or the port is not allowed
   * @throws IllegalStateException if the lookup fails on this side
   */
  public List<InetAddress> vetWeb(String host, int port, Deadline deadline) {
    return vet(host, port, WEB_PORTS, deadline);
  }

  /**
   * Resolves and vets a mail server that a stranger named, on a port of mail other than 25, and any
   * host and port in the allowed networks. The error is the same for every reason.
   *
   * @return its addresses, to connect to; at least one
   * @throws HostRefused if the host has no address, or one of them or the port is not allowed
   * @throws IllegalStateException if the lookup fails on this side
   */
  public List<InetAddress> vetMail(String host, int port, Deadline deadline) {
    return vet(host, port, port == RELAYING ? Set.of() : PORTS, deadline);
  }

  private List<InetAddress> vet(String host, int port, Set<Integer> ports, Deadline deadline) {
    long began = System.nanoTime();
    List<InetAddress> addresses;
    try {
      addresses = List.of(resolver.addresses(name(host), deadline));
    } catch (UnknownHostException e) {
      // A search asks for names that need not exist: that is nothing to tell the operator.
      addresses = List.of();
    }
    try {
      if (!isOwn(addresses, port) && !ports.contains(port)) {
        throw new HostRefused(host, "the port " + port + " of " + host + " is refused");
      }
      return usable(host, addresses, port);
    } catch (HostRefused e) {
      waitForFullTime(began);
      throw e;
    }
  }

  /** Whether all of them are in allowed networks. */
  private boolean isOwn(List<InetAddress> addresses, int port) {
    return !addresses.isEmpty() && addresses.stream().allMatch(a -> isAllowed(a, port));
  }

  private List<InetAddress> usable(String host, List<InetAddress> addresses, int port) {
    if (addresses.isEmpty() || !addresses.stream().allMatch(a -> isUsable(host, a, port))) {
      throw new HostRefused(host, NO_PUBLIC_ADDRESS.formatted(host));
    }
    return addresses.subList(0, Math.min(MAX_ADDRESSES, addresses.size()));
  }

  private List<InetAddress> judge(Account account, Protocol protocol, Deadline deadline) {
    ServerSettings server = account.server(protocol);
    String host = server.host();
    // The operator's relay may listen on any port.
    int port = account.isPlatform() ? SUBMISSION : server.port();
    List<InetAddress> addresses = addresses(host, deadline);
    if (!isOwn(addresses, port) && !account.isPlatform()) {
      requirePublicUse(server, protocol);
    }
    return usable(host, addresses, port);
  }

  private List<InetAddress> addresses(String host, Deadline deadline) {
    try {
      return List.of(resolver.addresses(name(host), deadline));
    } catch (UnknownHostException e) {
      LOG.info("the host {} is refused: it is unknown", host);
      return List.of();
    }
  }

  /**
   * Servers without authentication, and port 25, are allowed in allowed networks only: on public
   * hosts they would relay to anybody.
   */
  private static void requirePublicUse(ServerSettings server, Protocol protocol) {
    String host = server.host();
    if (!PORTS.contains(server.port())) {
      throw new HostRefused(
          host,
          protocol.word()
              + ".port: "
              + server.port()
              + " is refused: mail uses 25, 465, 587, 2525, 143 and 993, and a network of"
              + " byo.connection.allowed-networks may name others");
    }
    if (protocol == Protocol.SMTP && server.auth() == Auth.NONE) {
      throw new HostRefused(
          host,
          "smtp.auth: none is refused but for hosts in byo.connection.allowed-networks: set"
              + " plain, login or oauth2");
    }
    if (server.port() == RELAYING) {
      throw new HostRefused(
          host,
          protocol.word()
              + ".port: 25 is refused but for hosts in byo.connection.allowed-networks: set 587 or"
              + " 465");
    }
  }

  private boolean isAllowed(InetAddress address, int port) {
    return Stream.concat(configured.stream(), contributed.stream())
        .anyMatch(network -> network.allows(address, port));
  }

  // Only the operator of the node sees the reason.
  private boolean isUsable(String host, InetAddress address, int port) {
    if (isAllowed(address, port)) {
      return true;
    }
    String reason = RefusedNetworks.reason(address);
    if (reason != null) {
      LOG.info(
          "the host {} is refused: its address {} is {}", host, address.getHostAddress(), reason);
    }
    return reason == null;
  }

  private void waitForFullTime(long began) {
    long step = refusedAfter.toNanos();
    if (step > 0) {
      LockSupport.parkNanos(step - (System.nanoTime() - began) % step);
    }
  }

  /** Normalises a typed host: for DNS, and as the name that a certificate must match. */
  static String name(String host) {
    String name = host.strip();
    if (name.startsWith("[") && name.endsWith("]")) {
      name = name.substring(1, name.length() - 1);
    }
    if (name.contains(":")) {
      return name;
    }
    try {
      name = IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
    } catch (IllegalArgumentException e) {
      throw new HostRefused(host, "the host " + host + " is no valid name");
    }
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
