package org.byoemail.platform.access;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What both doors share.
 *
 * @param openMetrics whether {@code /actuator/prometheus} asks for no key; it holds no address,
 *     name or secret, but it does tell how much is sent
 * @param failedLogins how many from one address are answered within the window; then 429
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
