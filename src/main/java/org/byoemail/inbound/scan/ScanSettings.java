package org.byoemail.inbound.scan;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Scanners that see each mail before it is accepted. None is set by default.
 *
 * @param clamd where ClamAV's daemon listens, {@code host:port}; empty: it is not asked
 * @param icap the RESPMOD service of an ICAP server, {@code icap://host:port/service}; empty: none
 * @param service an HTTP service of the operator's own, to which each mail is posted; empty: none
 * @param timeout how long a scanner may take for one mail
 * @param pause for how long a scanner that did not answer is not asked
 */
@ConfigurationProperties("byo.scan")
record ScanSettings(
    @DefaultValue("") String clamd,
    @Nullable URI icap,
    @Nullable URI service,
    @DefaultValue("20s") Duration timeout,
    @DefaultValue("15s") Duration pause) {
  private static final int ICAP_PORT = 1344;
  private static final int MAX_PORT = 65_535;

  ScanSettings {
    if (!clamd.isEmpty()
        && !clamd.matches("[^\\s/:]+:[0-9]{1,5}|\\[[0-9a-fA-F:.]+\\]:[0-9]{1,5}")) {
      throw new IllegalArgumentException("byo.scan.clamd is host:port, such as 127.0.0.1:3310");
    }
    icap = emptyToNull(icap);
    service = emptyToNull(service);
    if (icap != null && (!"icap".equals(icap.getScheme()) || icap.getHost() == null)) {
      throw new IllegalArgumentException("byo.scan.icap is icap://host:port/service");
    }
    if (service != null
        && (service.getHost() == null
            || !"http".equals(service.getScheme()) && !"https".equals(service.getScheme()))) {
      throw new IllegalArgumentException("byo.scan.service is an http or https URL");
    }
    if (timeout.compareTo(Duration.ofMillis(100)) < 0
        || timeout.compareTo(Duration.ofMinutes(2)) > 0
        || pause.isNegative()
        || pause.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("byo.scan: timeout is from 100ms to 2m, pause at most 1h");
    }
  }

  private static @Nullable URI emptyToNull(@Nullable URI uri) {
    return uri == null || uri.toString().isBlank() ? null : uri;
  }

  /** The host of an address with a port. */
  static String host(String address) {
    String host = address.substring(0, address.lastIndexOf(':'));
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Its port. */
  static int port(String address) {
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("a port is from 1 to " + MAX_PORT);
    }
    return port;
  }

  int icapPort() {
    return icap == null || icap.getPort() < 0 ? ICAP_PORT : icap.getPort();
  }
}
