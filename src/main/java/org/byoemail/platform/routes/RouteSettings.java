package org.byoemail.platform.routes;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of route files and their reload.
 *
 * @param reload whether the routes of a changed file are replaced while the program runs
 * @param ownDir the folder of the operator's own routes, which no upgrade touches; it may be
 *     missing
 * @param scanInterval interval of the checks for changed files
 * @param drainTimeout how long to wait for exchanges in flight before routes are replaced; then the
 *     old routes resume
 */
@ConfigurationProperties("byo.routes")
public record RouteSettings(
    boolean reload, Path ownDir, Duration scanInterval, Duration drainTimeout) {
  private static final Duration MIN_INTERVAL = Duration.ofMillis(50);

  public RouteSettings {
    if (scanInterval.compareTo(MIN_INTERVAL) < 0) {
      throw new IllegalArgumentException("byo.routes.scan-interval: at least 50ms");
    }
    if (drainTimeout.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("byo.routes.drain-timeout: at least 1s");
    }
  }
}
