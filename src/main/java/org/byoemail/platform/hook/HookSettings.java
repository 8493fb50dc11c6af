package org.byoemail.platform.hook;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of hooks.
 *
 * @param timeout how long a hook may take to answer
 * @param concurrent how many hooks run on this node at a time
 * @param ingestUnchecked whether mail is ingested although {@code hook-before-ingest} failed; it
 *     waits in its mailbox otherwise
 */
@ConfigurationProperties("byo.hook")
record HookSettings(Duration timeout, int concurrent, boolean ingestUnchecked) {
  HookSettings {
    if (timeout.compareTo(Duration.ofMillis(10)) < 0
        || timeout.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException("byo.hook.timeout: from 10ms to 5m");
    }
    if (concurrent < 1 || concurrent > 1_000) {
      throw new IllegalArgumentException("byo.hook.concurrent: from 1 to 1000");
    }
  }
}
