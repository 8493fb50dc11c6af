package org.byoemail.webhook;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Webhooks.
 *
 * @param timeout timeout of an attempt, from the DNS lookup to the status
 * @param retryFor how long a delivery is retried
 * @param workers concurrent deliveries of this node to receivers that respond quickly
 * @param slowWorkers the same for all others
 * @param perWebhook concurrent deliveries of one webhook on all nodes
 * @param slowAfter a slower response makes a receiver slow
 * @param keep how long completed deliveries are kept
 */
@ConfigurationProperties("byo.webhook")
record WebhookSettings(
    @DefaultValue("15s") Duration timeout,
    @DefaultValue("24h") Duration retryFor,
    @DefaultValue("32") int workers,
    @DefaultValue("32") int slowWorkers,
    @DefaultValue("16") int perWebhook,
    @DefaultValue("2s") Duration slowAfter,
    @DefaultValue("7d") Duration keep) {

  private static final int MAX_WORKERS = 1_000;

  WebhookSettings {
    if (timeout.isNegative() || timeout.isZero() || timeout.toMinutes() > 1) {
      throw new IllegalArgumentException("byo.webhook.timeout must be at most 60s");
    }
    if (workers < 1
        || slowWorkers < 1
        || workers > MAX_WORKERS
        || slowWorkers > MAX_WORKERS
        || perWebhook < 1) {
      throw new IllegalArgumentException(
          "byo.webhook.workers and byo.webhook.slow-workers must be 1 to "
              + MAX_WORKERS
              + ", byo.webhook.per-webhook at least 1");
    }
  }

  /** The duration of a claim, longer than any attempt and its recording. */
  Duration claimTtl() {
    return timeout.multipliedBy(4);
  }
}
