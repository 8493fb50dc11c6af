package org.byoemail.outbound.suppression;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long addresses are suppressed.
 *
 * @param addressesFor addresses that no longer exist: they may be assigned again
 * @param complaintsFor addresses of recipients who complained
 */
@ConfigurationProperties("byo.outbound.suppression")
record SuppressionSettings(
    @DefaultValue("180d") Duration addressesFor, @DefaultValue("730d") Duration complaintsFor) {
  SuppressionSettings {
    if (addressesFor.isNegative()
        || addressesFor.isZero()
        || complaintsFor.isNegative()
        || complaintsFor.isZero()) {
      throw new IllegalArgumentException(
          "byo.outbound.suppression: addresses-for and complaints-for must be positive");
    }
  }
}
