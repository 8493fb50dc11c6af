package org.byoemail.connection;

import java.net.InetAddress;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A network that mail hosts may be in although it is not public. Those of {@code
 * byo.connection.allowed-networks} are joined by every bean of this type.
 */
public final class AllowedNetwork {
  private final Network network;
  private final Set<Integer> ports;

  private AllowedNetwork(Network network, Set<Integer> ports) {
    this.network = network;
    this.ports = ports;
  }

  /**
   * Allows a network.
   *
   * @param cidr such as {@code 10.0.0.0/8}, or a single address
   * @param ports the only ports to connect to; none given: every port
   * @throws IllegalArgumentException if it is no network
   */
  public static AllowedNetwork of(String cidr, int... ports) {
    return new AllowedNetwork(
        Network.parse(cidr), IntStream.of(ports).boxed().collect(Collectors.toUnmodifiableSet()));
  }

  boolean allows(InetAddress address, int port) {
    return network.contains(address) && (ports.isEmpty() || ports.contains(port));
  }

  @Override
  public String toString() {
    return network + (ports.isEmpty() ? "" : " ports " + ports);
  }
}
