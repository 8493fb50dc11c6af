package org.byoemail.account.connection;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A range of addresses in CIDR notation, IPv4 or IPv6. */
record CidrRange(InetAddress base, int prefix) {
  /**
   * Reads {@code 10.0.0.0/8}, or a single address.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static CidrRange parse(String text) {
    String[] parts = text.strip().split("/", -1);
    try {
      // A literal is never looked up; anything else would be, so it is refused first.
      if (parts.length > 2 || !parts[0].matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
        throw new IllegalArgumentException(notANetwork(text));
      }
      InetAddress base = InetAddress.getByName(parts[0]);
      int bits = base.getAddress().length * 8;
      int prefix = parts.length == 1 ? bits : Integer.parseInt(parts[1]);
      if (prefix < 0 || prefix > bits) {
        throw new IllegalArgumentException(notANetwork(text));
      }
      return new CidrRange(base, prefix);
    } catch (UnknownHostException | NumberFormatException e) {
      throw new IllegalArgumentException(notANetwork(text), e);
    }
  }

  private static String notANetwork(String text) {
    return "'" + text + "' is no network such as 10.0.0.0/8 or fd00::/8";
  }

  boolean contains(InetAddress address) {
    byte[] ours = base.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (ours[i] != theirs[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    int mask = 0xff << (8 - rest);
    return rest == 0 || (ours[whole] & mask) == (theirs[whole] & mask);
  }

  @Override
  public String toString() {
    return base.getHostAddress() + "/" + prefix;
  }
}
