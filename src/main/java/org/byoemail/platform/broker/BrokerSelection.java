package org.byoemail.platform.broker;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The selected broker.
 *
 * @param kind artemis, rabbitmq or kafka; its routes are those in {@code routes/brokers}
 * @param submissions the queues or topics of RabbitMQ or Kafka that submissions are taken from,
 *     with commas between them: {@code byo.outbound.queue}, or that name with a dot and each name
 *     of {@code byo.broker.organizations}, if there are any
 * @param confirmTimeout how long RabbitMQ or Kafka may take to confirm what it was sent
 */
@ConfigurationProperties("byo.broker")
record BrokerSelection(BrokerKind kind, String submissions, Duration confirmTimeout) {
  /** The queues or topics, each by its name. */
  List<String> each() {
    return List.of(submissions.split(","));
  }
}
