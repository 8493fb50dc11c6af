package org.byoemail.platform.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KafkaPollsTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
  private final KafkaPolls polls = new KafkaPolls(nanos::get);

  @Test
  void mostSilentOfTheOpenConsumersCounts() {
    polls.polls("dead");
    nanos.addAndGet(Duration.ofMinutes(7).toNanos());
    polls.polls("alive");

    assertThat(polls.longestSilence()).isEqualTo(Duration.ofMinutes(7));
    polls.closed("dead");
    assertThat(polls.longestSilence()).isZero();
  }

  @Test
  void lostConsumerIsTroubleOfTheBroker() {
    polls.polls("consumer");
    nanos.addAndGet(KafkaLogin.MAX_SILENCE.toNanos());
    KafkaLogin.requireConsumers(polls);
    nanos.addAndGet(1);

    assertThatThrownBy(() -> KafkaLogin.requireConsumers(polls))
        .isInstanceOf(BrokerUnavailable.class)
        .hasMessageContaining("has not asked Kafka for submissions for 6 min");
    polls.polls("consumer");
    KafkaLogin.requireConsumers(polls);
  }
}
