package org.byoemail.platform.access;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What API and console share.
 *
 * @param openMetrics whether {@code /actuator/prometheus} needs no key; it shows no address, name
 *     or secret, but how much is sent
 * @param failedLogins how many failed logins of one address are answered within the window; then
 *     429
 * @param failedLoginsWindow how long a failure counts
 */
@ConfigurationProperties("byo.access")
record AccessSettings(
    @DefaultValue("true") boolean openMetrics,
    @DefaultValue("20") int failedLogins,
    @DefaultValue("1m") Duration failedLoginsWindow) {

  AccessSettings {
    if (failedLogins < 1 || failedLoginsWindow.isZero() || failedLoginsWindow.isNegative()) {
      throw new IllegalArgumentException(
          "byo.access.failed-logins and byo.access.failed-logins-window must be positive");
    }
  }
}
