package org.byoemail.account.connection;

import java.net.InetAddress;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A private network whose mail hosts may be connected to. Beans of this type add to {@code
 * byo.connection.allowed-networks}.
 */
public final class AllowedNetwork {
  private static final int FIRST_UNPRIVILEGED = 1024;
  private static final Pattern ENDPOINT =
      Pattern.compile("(?:([0-9.]+)|\\[([0-9a-fA-F:.]+)]):(\\d{1,5})");

  private final CidrRange network;
  private final Set<Integer> ports;
  private final boolean mailPorts;

  private AllowedNetwork(CidrRange network, Set<Integer> ports, boolean mailPorts) {
    this.network = network;
    this.ports = ports;
    this.mailPorts = mailPorts;
  }

  /**
   * Allows some ports of a network, and no others.
   *
   * @param cidr such as {@code 10.0.0.0/8}, or a single address
   * @throws IllegalArgumentException if it is not CIDR notation
   */
  public static AllowedNetwork of(String cidr, int... ports) {
    return new AllowedNetwork(
        CidrRange.parse(cidr),
        IntStream.of(ports).boxed().collect(Collectors.toUnmodifiableSet()),
        false);
  }

  /**
   * Parses a configured network: the mail ports are allowed, and the ports listed after it: {@code
   * 10.0.0.0/8 3025 3143}. Of {@code 127.0.0.1:1143} or {@code [::1]:1143} this port alone is
   * allowed.
   *
   * @throws IllegalArgumentException if it cannot be parsed
   */
  static AllowedNetwork parse(String text) {
    Matcher endpoint = ENDPOINT.matcher(text.strip());
    if (endpoint.matches()) {
      String address = endpoint.group(1) == null ? endpoint.group(2) : endpoint.group(1);
      int port = Integer.parseInt(endpoint.group(3));
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("'" + text + "': a port is 1 to 65535");
      }
      return of(address, port);
    }
    String[] words = text.strip().split("\\s+");
    Set<Integer> ports = new TreeSet<>();
    for (int i = 1; i < words.length; i++) {
      if (!words[i].matches("\\d{1,5}")) {
        throw new IllegalArgumentException(
            "'" + text + "': what follows a network is a port, such as 10.0.0.0/8 3025");
      }
      ports.add(Integer.valueOf(words[i]));
    }
    return new AllowedNetwork(CidrRange.parse(words[0]), ports, true);
  }

  // Development and test servers on loopback use any unprivileged port.
  boolean allows(InetAddress address, int port) {
    return network.contains(address)
        && (ports.contains(port)
            || mailPorts
                && (HostVetting.PORTS.contains(port)
                    || address.isLoopbackAddress() && port >= FIRST_UNPRIVILEGED));
  }

  @Override
  public String toString() {
    return network + (ports.isEmpty() ? "" : " ports " + ports);
  }
}
