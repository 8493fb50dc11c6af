package org.byoemail.account.discovery;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of discovery.
 *
 * @param deadline for a whole search
 * @param resolver the DNS resolver, an IP address with or without port; by default the resolvers of
 *     the system
 * @param ispdb URL of a database of providers in Thunderbird's format, such as {@code
 *     https://autoconfig.thunderbird.net/v1.1/}, which sees the domains that are searched; none by
 *     default
 * @param microsoft base URL of Microsoft's OpenID configurations, which name the tenant of a domain
 */
@ConfigurationProperties("byo.discovery")
record DiscoverySettings(
    @DefaultValue("20s") Duration deadline,
    @Nullable String resolver,
    @Nullable URI ispdb,
    @DefaultValue("https://login.microsoftonline.com") URI microsoft) {
  private static final int DNS_PORT = 53;
  private static final Pattern ADDRESS =
      Pattern.compile("(?:([0-9.]+)|\\[([0-9a-fA-F:.]+)])(?::(\\d{1,5}))?");

  DiscoverySettings {
    if (deadline.isZero() || deadline.isNegative() || deadline.toSeconds() > 60) {
      throw new IllegalArgumentException("byo.discovery.deadline must be above 0, at most 60 s");
    }
    if (ispdb != null && ispdb.toString().isBlank()) {
      ispdb = null;
    }
    if (ispdb != null && !"https".equals(ispdb.getScheme())) {
      throw new IllegalArgumentException("byo.discovery.ispdb must be an https URL");
    }
    if (!"https".equals(microsoft.getScheme())) {
      throw new IllegalArgumentException("byo.discovery.microsoft must be an https URL");
    }
    parse(resolver);
  }

  /** The defaults with another resolver; empty: the system's. */
  static DiscoverySettings at(String resolver) {
    return new DiscoverySettings(
        Duration.ofSeconds(20), resolver, null, URI.create("https://login.microsoftonline.com"));
  }

  /** The DNS resolver; null: the system's. */
  @Nullable InetSocketAddress resolverAddress() {
    return parse(resolver);
  }

  private static @Nullable InetSocketAddress parse(@Nullable String resolver) {
    if (resolver == null || resolver.isBlank()) {
      return null;
    }
    // An IP literal: looking up a host name would itself need a resolver.
    Matcher parts = ADDRESS.matcher(resolver.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "byo.discovery.resolver must be an IP address such as 192.0.2.53, 192.0.2.53:5353 or"
              + " [2001:db8::53]:53");
    }
    String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
    return new InetSocketAddress(
        host, parts.group(3) == null ? DNS_PORT : Integer.parseInt(parts.group(3)));
  }
}
