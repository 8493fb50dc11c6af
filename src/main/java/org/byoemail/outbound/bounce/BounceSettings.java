package org.byoemail.outbound.bounce;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What reports leave open.
 *
 * @param delaysLast how long a server retries a delayed mail, if it does not say
 */
@ConfigurationProperties("byo.bounce")
record BounceSettings(@DefaultValue("5d") Duration delaysLast) {
  BounceSettings {
    if (delaysLast.isNegative() || delaysLast.isZero()) {
      throw new IllegalArgumentException("byo.bounce.delays-last must be more than nothing");
    }
  }
}
