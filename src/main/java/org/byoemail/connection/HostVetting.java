package org.byoemail.connection;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Decides where a connection may go. A host is what a stranger typed, so all its addresses must be
 * public, or in an allowed network; and what was vetted here is what is connected to, so that a
 * second look-up cannot give another answer. Safe for use by many threads.
 */
@Component
public class HostVetting {
  /** Mail only: SMTP, submission and IMAP, with and without TLS from the start. */
  private static final Set<Integer> PORTS = Set.of(25, 465, 587, 2525, 143, 993);

  /** Looks a name up. */
  interface Resolver {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private final List<AllowedNetwork> configured;
  private final ObjectProvider<AllowedNetwork> contributed;
  private final Resolver resolver;

  @Autowired
  HostVetting(ConnectionSettings settings, ObjectProvider<AllowedNetwork> contributed) {
    this(settings, contributed, InetAddress::getAllByName);
  }

  HostVetting(
      ConnectionSettings settings, ObjectProvider<AllowedNetwork> contributed, Resolver resolver) {
    this.configured = settings.allowedNetworks().stream().map(AllowedNetwork::of).toList();
    this.contributed = contributed;
    this.resolver = resolver;
  }

  /**
   * The addresses of a host, each of which may be connected to, in the order to try them.
   *
   * @param host a name, or an address as it is or in brackets
   * @throws HostRefused where there are none, one of them is refused, or the port is none of mail
   */
  public List<InetAddress> vet(String host, int port) {
    InetAddress[] addresses;
    try {
      addresses = resolver.addresses(name(host));
    } catch (UnknownHostException e) {
      throw new HostRefused(host, "the host " + host + " is unknown");
    }
    for (InetAddress address : addresses) {
      require(host, address, port);
    }
    return List.of(addresses);
  }

  /** The form of a typed host that is looked up and that a certificate must name. */
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

  private void require(String host, InetAddress address, int port) {
    boolean allowed =
        Stream.concat(configured.stream(), contributed.stream())
            .anyMatch(network -> network.allows(address, port));
    if (allowed) {
      return;
    }
    String reason = RefusedNetworks.reason(address);
    if (reason != null) {
      throw new HostRefused(
          host,
          "the address "
              + address.getHostAddress()
              + " of "
              + host
              + " is refused ("
              + reason
              + "): networks of your own are allowed by byo.connection.allowed-networks"
              + " (BYO_CONNECTION_ALLOWED_NETWORKS)");
    }
    if (!PORTS.contains(port)) {
      throw new HostRefused(
          host, "the port " + port + " is refused: mail uses 25, 465, 587, 2525, 143 and 993");
    }
  }
}
