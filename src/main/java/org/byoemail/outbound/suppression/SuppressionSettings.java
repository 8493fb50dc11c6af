package org.byoemail.outbound.suppression;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long addresses are suppressed.
 *
 * @param addressesFor those that no longer exist: a name may be given again
 * @param complaintsFor those whose owners complained
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
          "byo.outbound.suppression: addresses-for and complaints-for must be longer than nothing");
    }
  }
}
