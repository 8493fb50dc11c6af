package org.byoemail.platform.access;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The client behind an address: an IPv4 address itself, an IPv6 address by its /64 network.
 * Anything else, such as a malformed X-Forwarded-For, counts as one client.
 */
public final class ClientAddress {
  private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]{2,45}(%\\w{1,16})?");
  private static final int NETWORK_GROUPS = 4;

  private ClientAddress() {}

  /** The client behind the address of a connection; "unknown" if it is malformed. */
  public static String of(@Nullable String address) {
    if (address != null && V4.matcher(address).matches()) {
      return address;
    }
    if (address == null || !address.contains(":") || !V6.matcher(address).matches()) {
      return "unknown";
    }
    try {
      // In brackets only a literal is parsed, no name is resolved.
      InetAddress parsed = InetAddress.getByName("[" + address.replaceFirst("%.*", "") + "]");
      return parsed instanceof Inet4Address
          ? parsed.getHostAddress()
          : network(ByteBuffer.wrap(parsed.getAddress()));
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /** The first 64 bits as text (RFC 5952 section 4). */
  private static String network(ByteBuffer address) {
    String groups =
        IntStream.range(0, NETWORK_GROUPS)
            .mapToObj(
                group -> Integer.toHexString(Short.toUnsignedInt(address.getShort(2 * group))))
            .collect(Collectors.joining(":"));
    return groups.replaceFirst("(^|:)0(:0)*$", "") + "::/64";
  }
}
