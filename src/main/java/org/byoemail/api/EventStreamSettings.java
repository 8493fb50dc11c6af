package org.byoemail.api;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Event streams and long polls.
 *
 * @param total maximum number per node
 * @param perKey maximum number per key on one node
 * @param heartbeat interval of comments on an idle stream
 * @param stall after which a client that reads nothing is dropped
 */
@ConfigurationProperties("byo.event-stream")
record EventStreamSettings(
    @DefaultValue("1000") int total,
    @DefaultValue("20") int perKey,
    @DefaultValue("15s") Duration heartbeat,
    @DefaultValue("30s") Duration stall) {

  EventStreamSettings {
    if (total < 1 || perKey < 1) {
      throw new IllegalArgumentException(
          "byo.event-stream.total and byo.event-stream.per-key must be at least 1");
    }
    if (heartbeat.toMillis() < 1 || stall.toMillis() < 1) {
      throw new IllegalArgumentException(
          "byo.event-stream.heartbeat and byo.event-stream.stall must be at least 1ms");
    }
  }

  /** The limits of what waits for one event, which takes more work than a stream. */
  EventStreamSettings forWaits() {
    return new EventStreamSettings(
        Math.max(1, total / 10), Math.max(1, perKey / 2), heartbeat, stall);
  }
}
