package org.byoemail.account.connection;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that are not on the public internet, or that lead to one that is not (IANA special
 * purpose registries, RFC 6890): what a stranger types must not reach them.
 */
final class RefusedNetworks {
  private record Range(CidrRange network, String what) {}

  private static final List<Range> IPV4 =
      List.of(
          range("0.0.0.0/8", "this host"),
          range("10.0.0.0/8", "private"),
          range("100.64.0.0/10", "carrier-grade NAT"),
          range("127.0.0.0/8", "loopback"),
          range("168.63.129.16/32", "a cloud's own service"),
          range("169.254.0.0/16", "link-local or metadata"),
          range("172.16.0.0/12", "private"),
          range("192.0.0.0/24", "reserved"),
          range("192.0.2.0/24", "documentation"),
          range("192.88.99.0/24", "6to4 relay"),
          range("192.168.0.0/16", "private"),
          range("198.18.0.0/15", "benchmarking"),
          range("198.51.100.0/24", "documentation"),
          range("203.0.113.0/24", "documentation"),
          range("224.0.0.0/4", "multicast"),
          range("240.0.0.0/4", "reserved or broadcast"));

  private static final List<Range> IPV6 =
      List.of(
          range("::1/128", "loopback"),
          range("64:ff9b::/96", "IPv4 behind a translator"),
          range("64:ff9b:1::/48", "IPv4 behind a translator"),
          range("fc00::/7", "unique-local"),
          range("fe80::/10", "link-local"),
          range("fec0::/10", "site-local"),
          range("ff00::/8", "multicast"),
          range("2001::/23", "Teredo and other protocols"),
          range("2001:db8::/32", "documentation"),
          range("2002::/16", "6to4"),
          range("3fff::/20", "documentation"));

  private static final CidrRange GLOBAL_UNICAST = CidrRange.parse("2000::/3");

  private RefusedNetworks() {}

  /** Why the address is refused; null if it is a public one. */
  static @Nullable String reason(InetAddress address) {
    boolean ipv6 = address instanceof Inet6Address;
    for (Range range : ipv6 ? IPV6 : IPV4) {
      if (range.network().contains(address)) {
        return range.what();
      }
    }
    // Whatever IPv6 is not listed: unspecified, IPv4-mapped, IPv4-compatible, not yet assigned.
    return ipv6 && !GLOBAL_UNICAST.contains(address) ? "not global unicast" : null;
  }

  private static Range range(String cidr, String what) {
    return new Range(CidrRange.parse(cidr), what);
  }
}
