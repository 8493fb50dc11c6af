package org.byoemail.platform.broker.camel;

import java.time.Duration;
import java.util.Properties;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.byoemail.platform.broker.KafkaConnection;
import org.byoemail.platform.broker.KafkaPolls;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Makes the clients of Kafka for routes. The login is no part of an endpoint, whose URI is logged.
 * A producer waits for all replicas in sync, never longer than the confirm timeout, and keeps the
 * order.
 */
@ConditionalOnBroker(BrokerKind.KAFKA)
@Component("kafkaClients")
class KafkaClients extends DefaultKafkaClientFactory {
  private final KafkaConnection connection;
  private final KafkaPolls polls;
  private final int confirmMillis;

  KafkaClients(KafkaConnection connection, KafkaPolls polls, Environment environment) {
    this.connection = connection;
    this.polls = polls;
    this.confirmMillis =
        Math.toIntExact(
            environment
                .getRequiredProperty("byo.broker.confirm-timeout", Duration.class)
                .toMillis());
  }

  @Override
  public String getBrokers(KafkaConfiguration configuration) {
    return connection.bootstrapServers();
  }

  @Override
  public Consumer<?, ?> getConsumer(Properties properties) {
    properties.putAll(connection.clientProperties());
    return new RecoveringConsumer(properties, polls);
  }

  @Override
  public Producer<?, ?> getProducer(Properties properties) {
    properties.putAll(connection.clientProperties());
    properties.put("acks", "all");
    properties.put("enable.idempotence", "true");
    properties.put("delivery.timeout.ms", confirmMillis);
    properties.put("request.timeout.ms", confirmMillis / 2);
    properties.put("max.block.ms", confirmMillis);
    return super.getProducer(properties);
  }
}
