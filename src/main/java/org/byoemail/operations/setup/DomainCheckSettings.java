package org.byoemail.operations.setup;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How proofs of catch-all domains by DNS are looked up again.
 *
 * @param interval between two lookups of a domain
 * @param grace how long a TXT record may be missing before the domain is lost
 */
@ConfigurationProperties("byo.domain-check")
record DomainCheckSettings(
    @DefaultValue("1d") Duration interval, @DefaultValue("7d") Duration grace) {
  DomainCheckSettings {
    if (interval.compareTo(Duration.ofMinutes(1)) < 0 || grace.compareTo(interval) < 0) {
      throw new IllegalArgumentException(
          "byo.domain-check.interval must be at least 1m, and byo.domain-check.grace at least as"
              + " long as that");
    }
  }
}
