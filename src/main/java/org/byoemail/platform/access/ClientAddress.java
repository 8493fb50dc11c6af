package org.byoemail.platform.access;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The client behind an address: an IPv4 address itself, an IPv6 address by its /64 network.
 * Anything else, such as a malformed X-Forwarded-For, counts as one client.
 */
public final class ClientAddress {
  private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]{2,45}(%\\w{1,16})?");
  private static final int NETWORK_BYTES = 8;

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
          : HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES)) + "/64";
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
