package org.byoemail.platform.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much an API key may ask for.
 *
 * @param perMinute how many requests a key may make in a minute, over all nodes, unless it was
 *     created with another limit; 0: as many as it likes. The admin key of the settings has no
 *     limit
 */
@ConfigurationProperties("byo.api.requests")
record RequestSettings(@DefaultValue("6000") int perMinute) {

  RequestSettings {
    if (perMinute < 0 || perMinute > RequestRates.MAX_PER_MINUTE) {
      throw new IllegalArgumentException(
          "byo.api.requests.per-minute must be 0 to " + RequestRates.MAX_PER_MINUTE);
    }
  }
}
