package org.byoemail.platform.broker;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * When each consumer of this node last asked Kafka for records. Kafka takes the partitions from one
 * that has not asked for 5 min ({@code max.poll.interval.ms}). Thread-safe.
 */
public final class KafkaPolls {
  private final Map<Object, Long> latest = new ConcurrentHashMap<>();
  private final LongSupplier nanos;

  /**
   * @param nanos such as {@link System#nanoTime}
   */
  KafkaPolls(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** The consumer asks for records, or begins to. */
  public void polls(Object consumer) {
    latest.put(consumer, nanos.getAsLong());
  }

  /** The consumer was closed. */
  public void closed(Object consumer) {
    latest.remove(consumer);
  }

  /** How long the most silent of the open consumers has not asked; zero if there are none. */
  Duration longestSilence() {
    long now = nanos.getAsLong();
    return Duration.ofNanos(latest.values().stream().mapToLong(at -> now - at).max().orElse(0));
  }
}
