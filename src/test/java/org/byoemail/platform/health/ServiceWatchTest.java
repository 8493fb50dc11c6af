package org.byoemail.platform.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ServiceWatchTest {
  private static final Health AWAY =
      Health.down().withDetail("error", "AMQ229031: Unable to validate user").build();

  private final AtomicReference<Health> broker = new AtomicReference<>(AWAY);
  private final ServiceWatch watch = new ServiceWatch("the broker", "events wait", broker::get);

  @Test
  void eachChangeOfStateIsOneLine(CapturedOutput output) {
    look(3);
    broker.set(Health.up().build());
    look(3);
    broker.set(AWAY);
    look(3);

    assertThat(output.getAll().split("the broker does not answer", -1)).hasSize(3);
    assertThat(output.getAll().split("the broker answers again", -1)).hasSize(2);
    assertThat(output).contains("AMQ229031");
  }

  @Test
  void nodeIsNotReadyUntilTheBrokerHasAnsweredOnce() {
    HealthIndicator readiness =
        new ServiceHealthConfiguration().brokerReachedHealthIndicator(watch);
    watch.look();
    Status before = readiness.health().getStatus();
    broker.set(Health.up().build());
    watch.look();
    broker.set(AWAY);
    watch.look();

    assertThat(before).isEqualTo(Status.OUT_OF_SERVICE);
    assertThat(readiness.health().getStatus()).isEqualTo(Status.UP);
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      watch.look();
    }
  }
}
