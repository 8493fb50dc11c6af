package org.byoemail.platform.routes;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Which files of routes are run, and when an edited one is.
 *
 * @param reload whether a file that changes replaces its routes while the program runs
 * @param ownDir the folder of the operator's own routes, which no upgrade touches; it may be
 *     missing
 * @param scanInterval between two looks for changed files
 * @param drainTimeout how long exchanges of routes that are replaced may take to end; the old
 *     routes go on after it
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
