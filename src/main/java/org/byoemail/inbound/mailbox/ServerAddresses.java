package org.byoemail.inbound.mailbox;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/** The key by which addresses count as one server. */
final class ServerAddresses {
  private static final int NETWORK_BYTES = 8;

  private ServerAddresses() {}

  /** An IPv4 address, or the /64 network of an IPv6 address. */
  static String key(InetAddress address) {
    return address instanceof Inet6Address six
        ? HexFormat.ofDelimiter(":").formatHex(six.getAddress(), 0, NETWORK_BYTES)
        : address.getHostAddress();
  }
}
