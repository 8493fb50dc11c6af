package org.byoemail.platform.access;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The response budget.
 *
 * @param concurrent how many responses may be under way at the same time; at most half of them for
 *     one organisation, or for one key without an organisation
 * @param memory the memory of all of them together; null: an eighth of the heap
 * @param perRequest the memory of one page of a list: the page ends when it is used up
 * @param maxWait how long a request waits for its share before it gets a 503
 * @param slowestReader how many bytes a second a client must read, after the first 30 s; the
 *     connection of a slower one is closed
 */
@ConfigurationProperties("byo.answers")
record ResponseSettings(
    @DefaultValue("100") int concurrent,
    @Nullable DataSize memory,
    @DefaultValue("8MB") DataSize perRequest,
    @DefaultValue("2s") Duration maxWait,
    @DefaultValue("8KB") DataSize slowestReader) {

  private static final long MIN_MEMORY = DataSize.ofMegabytes(8).toBytes();

  ResponseSettings {
    if (concurrent < 2) {
      throw new IllegalArgumentException("byo.answers.concurrent must be at least 2");
    }
    if (memory != null && memory.toBytes() < MIN_MEMORY) {
      throw new IllegalArgumentException("byo.answers.memory must be at least 8MB");
    }
    if (perRequest.toBytes() < 1 || slowestReader.toBytes() < 1 || maxWait.isNegative()) {
      throw new IllegalArgumentException(
          "byo.answers: per-request and slowest-reader must be at least 1B, max-wait not negative");
    }
  }

  /** In bytes. */
  long memoryBytes() {
    return memory == null
        ? Math.max(MIN_MEMORY, Runtime.getRuntime().maxMemory() / 8)
        : memory.toBytes();
  }
}
