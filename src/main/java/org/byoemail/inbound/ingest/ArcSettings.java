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
 * @param trustedSealers domains whose ARC seals are trusted: mail that passed through them with a
 *     valid chain is unproven instead of forged; none unless set
 */
@ConfigurationProperties("byo.arc")
record ArcSettings(@DefaultValue List<String> trustedSealers) {
  ArcSettings {
    trustedSealers =
        trustedSealers.stream().map(one -> one.strip().toLowerCase(Locale.ROOT)).toList();
    if (trustedSealers.stream().anyMatch(one -> !one.matches("[a-z0-9-]+(\\.[a-z0-9-]+)+"))) {
      throw new IllegalArgumentException(
          "byo.arc.trusted-sealers are domains, such as lists.example.org");
    }
  }

  Set<String> trusted() {
    return trustedSealers.stream().collect(Collectors.toUnmodifiableSet());
  }
}
