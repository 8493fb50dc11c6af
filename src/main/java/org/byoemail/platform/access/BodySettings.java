package org.byoemail.platform.access;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How long request bodies may take to arrive; their size is bounded by {@code byo.api}.
 *
 * @param timeout the total time that a body is waited for
 * @param minRate how many received bytes add one second
 * @param waiting how many requests may wait for their bodies at the same time; less than {@code
 *     server.tomcat.threads.max}, so that requests without a body are always answered
 * @param waitingOfOne how many of them per address, or per organisation's keys
 */
@ConfigurationProperties("byo.access.body")
record BodySettings(
    @DefaultValue("30s") Duration timeout,
    @DefaultValue("16KB") DataSize minRate,
    @DefaultValue("150") int waiting,
    @DefaultValue("64") int waitingOfOne) {

  BodySettings {
    if (timeout.isZero() || timeout.isNegative() || minRate.toBytes() < 1) {
      throw new IllegalArgumentException(
          "byo.access.body.timeout and byo.access.body.min-rate must be positive");
    }
    if (waitingOfOne < 1 || waiting < waitingOfOne) {
      throw new IllegalArgumentException(
          "byo.access.body.waiting-of-one must be at least 1, and byo.access.body.waiting no less");
    }
  }
}
