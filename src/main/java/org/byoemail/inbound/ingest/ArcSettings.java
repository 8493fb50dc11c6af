package org.byoemail.inbound.ingest;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whose Authenticated Received Chain (RFC 8617) is believed.
 *
 * @param sealers domains of forwarders and mailing lists: mail that they sealed is unproven where
 *     it would be forged; none unless set
 */
@ConfigurationProperties("byo.arc")
record ArcSettings(@DefaultValue List<String> sealers) {
  ArcSettings {
    sealers = sealers.stream().map(one -> one.strip().toLowerCase(Locale.ROOT)).toList();
    if (sealers.stream().anyMatch(one -> !one.matches("[a-z0-9-]+(\\.[a-z0-9-]+)+"))) {
      throw new IllegalArgumentException("byo.arc.sealers are domains, such as lists.example.org");
    }
  }

  Set<String> trusted() {
    return sealers.stream().collect(Collectors.toUnmodifiableSet());
  }
}
