package org.byoemail.account.connection;

import java.net.InetAddress;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A network that mail hosts may be in although it is not public. Those of {@code
 * byo.connection.allowed-networks} are joined by every bean of this type.
 */
public final class AllowedNetwork {
  private static final int FIRST_UNPRIVILEGED = 1024;

  private final Network network;
  private final Set<Integer> ports;
  private final boolean mailPorts;

  private AllowedNetwork(Network network, Set<Integer> ports, boolean mailPorts) {
    this.network = network;
    this.ports = ports;
    this.mailPorts = mailPorts;
  }

  /**
   * Allows some ports of a network, and no others.
   *
   * @param cidr such as {@code 10.0.0.0/8}, or a single address
   * @throws IllegalArgumentException if it is no network
   */
  public static AllowedNetwork of(String cidr, int... ports) {
    return new AllowedNetwork(
        Network.parse(cidr),
        IntStream.of(ports).boxed().collect(Collectors.toUnmodifiableSet()),
        false);
  }

  /**
   * Allows a network as it is configured, on the ports of mail and on those behind it: {@code
   * 10.0.0.0/8 3025 3143}.
   *
   * @throws IllegalArgumentException if it is none
   */
  static AllowedNetwork parse(String text) {
    String[] words = text.strip().split("\\s+");
    Set<Integer> ports = new TreeSet<>();
    for (int i = 1; i < words.length; i++) {
      if (!words[i].matches("\\d{1,5}")) {
        throw new IllegalArgumentException(
            "'" + text + "': what follows a network is a port, such as 10.0.0.0/8 3025");
      }
      ports.add(Integer.valueOf(words[i]));
    }
    return new AllowedNetwork(Network.parse(words[0]), ports, true);
  }

  // On loopback servers for development and tests listen at any port; those of the system do not.
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
