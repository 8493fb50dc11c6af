package org.byoemail.platform.broker;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** The login to the selected broker. Creates no connection. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BrokerSelection.class)
public class BrokerLogins {

  /** Artemis, embedded or external. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBroker(BrokerKind.ARTEMIS)
  static class Artemis {
    @Bean
    @Lazy
    BrokerLogin artemisLogin(jakarta.jms.ConnectionFactory connections) {
      return new ArtemisLogin(connections);
    }
  }

  /** RabbitMQ. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBroker(BrokerKind.RABBITMQ)
  static class Rabbit {
    @Bean
    BrokerLogin rabbitLogin(
        org.springframework.amqp.rabbit.connection.ConnectionFactory connections,
        BrokerSelection selection,
        Environment environment) {
      return new RabbitLogin(
          connections,
          withRejected(selection, environment),
          environment.getRequiredProperty("byo.event.topic"));
    }
  }

  /** Kafka. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBroker(BrokerKind.KAFKA)
  @EnableConfigurationProperties(KafkaConnection.class)
  static class Kafka {
    @Bean
    KafkaPolls kafkaPolls() {
      return new KafkaPolls(System::nanoTime);
    }

    @Bean
    BrokerLogin kafkaLogin(
        KafkaConnection connection,
        BrokerSelection selection,
        Environment environment,
        KafkaPolls polls) {
      String events = environment.getRequiredProperty("byo.event.topic");
      List<String> topics = withRejected(selection, environment);
      topics.add(events);
      BrokerOrganizations.of(environment)
          .forEach(
              (name, organization) -> {
                if (!organization.equals("*")) {
                  topics.add(events + "." + name);
                }
              });
      return new KafkaLogin(connection, topics, polls);
    }
  }

  /** All queues or topics of submissions, and of rejected ones. */
  static List<String> withRejected(BrokerSelection selection, Environment environment) {
    String submitted = environment.getRequiredProperty("byo.outbound.queue");
    String rejected = environment.getRequiredProperty("byo.outbound.rejected-queue");
    List<String> all = new ArrayList<>(selection.each());
    for (String queue : selection.each()) {
      all.add(rejected + queue.substring(submitted.length()));
    }
    return all;
  }
}
