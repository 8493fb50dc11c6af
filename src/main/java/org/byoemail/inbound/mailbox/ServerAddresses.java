package org.byoemail.inbound.mailbox;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/** What counts as one server, whatever its names. */
final class ServerAddresses {
  private static final int NETWORK_BYTES = 8;

  private ServerAddresses() {}

  /** An address; of IPv6 the network of 64 bits, of which anybody may have all addresses. */
  static String place(InetAddress address) {
    return address instanceof Inet6Address six
        ? HexFormat.ofDelimiter(":").formatHex(six.getAddress(), 0, NETWORK_BYTES)
        : address.getHostAddress();
  }
}
