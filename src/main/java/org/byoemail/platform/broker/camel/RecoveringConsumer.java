package org.byoemail.platform.broker.camel;

import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.byoemail.platform.broker.KafkaPolls;

/**
 * A consumer that Camel replaces by a new one after any failed poll, a while later. After a refused
 * login Camel would otherwise never read again, although Kafka may accept the next.
 */
class RecoveringConsumer extends KafkaConsumer<byte[], byte[]> {
  private static final long PAUSE_MILLIS = 5_000;

  private final KafkaPolls polls;

  RecoveringConsumer(Properties properties, KafkaPolls polls) {
    super(properties);
    this.polls = polls;
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    polls.polls(this);
    try {
      return super.poll(timeout);
    } catch (WakeupException | InterruptException stopping) {
      throw stopping;
    } catch (KafkaException failure) {
      pause();
      throw passing(failure);
    }
  }

  @Override
  public void close() {
    polls.closed(this);
    super.close();
  }

  @Override
  public void close(Duration timeout) {
    polls.closed(this);
    super.close(timeout);
  }

  /** The failure as one after which Camel connects again. */
  static KafkaException passing(KafkaException failure) {
    return failure instanceof AuthenticationException
        ? new KafkaException("Kafka refuses the login: " + failure.getMessage(), failure)
        : failure;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
