package org.byoemail.platform.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExponentialBackoffTest {
  private static final ExponentialBackoff BACKOFF =
      new ExponentialBackoff(Duration.ofMinutes(2), 2, Duration.ofHours(1), 0.1);

  @Test
  void delayDoublesUpToItsMaximum() {
    assertThat(IntStream.rangeClosed(1, 7).mapToObj(n -> BACKOFF.delay(n).toMinutes()))
        .containsExactly(2L, 4L, 8L, 16L, 32L, 60L, 60L);
  }

  @Test
  void noFailureCountsAsOne() {
    assertThat(BACKOFF.delay(0)).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void countlessFailuresKeepToTheMaximum() {
    assertThat(BACKOFF.delay(Integer.MAX_VALUE)).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void firstDelayAboveTheMaximumIsCut() {
    assertThat(ExponentialBackoff.doubling(Duration.ofMinutes(5), Duration.ofMinutes(1)).delay(1))
        .isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void factorOneIsAConstantDelay() {
    ExponentialBackoff constant =
        new ExponentialBackoff(Duration.ofSeconds(5), 1, Duration.ofMinutes(1), 0);

    assertThat(constant.delay(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void jitterAddsATenthAtMost() {
    Random random = new Random(1);

    assertThat(
            IntStream.range(0, 1000)
                .mapToObj(i -> BACKOFF.withJitter(Duration.ofSeconds(100), random)))
        .allSatisfy(
            delay -> assertThat(delay).isBetween(Duration.ofSeconds(100), Duration.ofSeconds(110)));
  }

  @Test
  void senselessParametersAreRefused() {
    Duration second = Duration.ofSeconds(1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExponentialBackoff(Duration.ZERO, 2, second, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExponentialBackoff(second, 0, second, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExponentialBackoff(second, 2, second, 1.5));
  }
}
