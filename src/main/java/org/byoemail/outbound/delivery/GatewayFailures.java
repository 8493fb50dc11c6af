package org.byoemail.outbound.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.stereotype.Component;

/**
 * The attempts that failed in the gateway itself, such as in a step of an edited route: the mail
 * server had no part in it. Health is degraded while none succeeds. Safe for use by many threads.
 */
@Component("sendingHealthIndicator")
class GatewayFailures implements HealthIndicator {
  private static final Status DEGRADED = new Status("DEGRADED", "the gateway fails to send");
  private static final int MANY = 3;
  private static final Duration RECENT = Duration.ofMinutes(15);

  private record Failing(int inARow, Instant since, Instant last, String error) {}

  private final Clock clock;
  private final Counter counter;
  private volatile @Nullable Failing failing;

  GatewayFailures(Clock clock, MeterRegistry meters) {
    this.clock = clock;
    this.counter =
        Counter.builder("byo.outbound.internal.failures")
            .description("attempts that failed in the gateway itself")
            .register(meters);
  }

  /** An attempt failed in the gateway. */
  synchronized void failed(Throwable failure) {
    counter.increment();
    Instant now = clock.instant();
    Failing before = failing;
    failing =
        new Failing(
            before == null ? 1 : before.inARow() + 1,
            before == null ? now : before.since(),
            now,
            // Its message may quote the mail.
            root(failure).getClass().getSimpleName());
  }

  /** An attempt got to its end, whatever the mail server said. */
  void ended() {
    if (failing != null) {
      synchronized (this) {
        failing = null;
      }
    }
  }

  @Override
  public Health health() {
    Failing now = failing;
    boolean recent =
        now != null && clock.instant().isBefore(now.last().plus(RECENT)) && now.inARow() >= MANY;
    if (!recent) {
      return Health.up().build();
    }
    return Health.status(DEGRADED)
        .withDetail("failures", Objects.requireNonNull(now).inARow())
        .withDetail("since", now.since())
        .withDetail("error", now.error())
        .build();
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }
}
