package org.byoemail.platform.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.mock.env.MockEnvironment;

class BrokerSelectionTest {
  private static final String[] CLIENTS = {
    "org.springframework.boot.autoconfigure.jms.artemis.ArtemisAutoConfiguration",
    "org.springframework.boot.autoconfigure.amqp.RabbitAutoConfiguration",
    "org.apache.camel.component.kafka.springboot.KafkaComponentAutoConfiguration",
    "org.springframework.boot.actuate.autoconfigure.amqp.RabbitHealthContributorAutoConfiguration",
    "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
    null
  };

  @ParameterizedTest
  @CsvSource({
    "artemis, true, false, false",
    "RabbitMQ, false, true, false",
    "kafka, false, false, true"
  })
  void onlyTheSelectedClientIsConfigured(
      String kind, boolean artemis, boolean rabbit, boolean kafka) {
    BrokerClientFilter filter = new BrokerClientFilter();
    filter.setEnvironment(environment(kind));

    assertThat(filter.match(CLIENTS, (AutoConfigurationMetadata) null))
        .containsExactly(artemis, rabbit, kafka, false, true, true);
  }

  @Test
  void filesOfOtherBrokersAreExcluded() {
    assertThat(BrokerKind.KAFKA.excludes("brokers/artemis/outbound/accept.camel.yaml")).isTrue();
    assertThat(BrokerKind.KAFKA.excludes("brokers/kafka/outbound/accept.camel.yaml")).isFalse();
    assertThat(BrokerKind.KAFKA.excludes("outbound/send.camel.yaml")).isFalse();
  }

  @Test
  void unknownBrokerEndsTheStartNamingTheOthers() {
    assertThatThrownBy(() -> BrokerKind.of(environment("rabbit")))
        .isInstanceOf(BrokerRefused.class)
        .hasMessage("byo.broker.kind is rabbit.")
        .hasFieldOrPropertyWithValue("remedy", "Set it to one of artemis, rabbitmq, kafka.");
  }

  @ParameterizedTest
  @CsvSource({
    "rabbitmq, rejected, acme, false",
    "kafka, rejected, *, false",
    "rabbitmq, platform, acme, false",
    "rabbitmq, platform, *, true",
    "kafka, platform, acme, true",
  })
  void nameOfAQueueOfTheGatewaysOwnIsRefused(
      String kind, String name, String organization, boolean accepted) {
    MockEnvironment environment =
        environment(kind)
            .withProperty("spring.rabbitmq.host", "here")
            .withProperty("byo.broker.kafka.bootstrap-servers", "here:9092")
            .withProperty("byo.broker.organizations." + name, organization);

    if (accepted) {
      assertThat(withDefaults(environment)).isEqualTo("email.outbound." + name);
    } else {
      assertThatThrownBy(() -> withDefaults(environment))
          .isInstanceOf(BrokerRefused.class)
          .hasMessageStartingWith(
              "The name "
                  + name
                  + " in byo.broker.organizations is a queue or topic of the gateway itself.");
    }
  }

  @ParameterizedTest
  @CsvSource({"rabbitmq, spring.rabbitmq.addresses", "kafka, byo.broker.kafka.bootstrap-servers"})
  void brokerWithoutAnAddressEndsTheStart(String kind, String setting) {
    assertThatThrownBy(() -> withDefaults(environment(kind)))
        .isInstanceOf(BrokerRefused.class)
        .hasMessageContaining(setting + " is not set");
  }

  @Test
  void submissionsComeFromTheQueuesOfTheNamesIfThereAreAny() {
    MockEnvironment alone = environment("rabbitmq").withProperty("spring.rabbitmq.host", "here");
    MockEnvironment named =
        environment("rabbitmq")
            .withProperty("spring.rabbitmq.host", "here")
            .withProperty("byo.broker.organizations.shop", "acme")
            .withProperty("byo.broker.organizations.all", "*");
    MockEnvironment wrong =
        environment("rabbitmq")
            .withProperty("spring.rabbitmq.host", "here")
            .withProperty("byo.broker.organizations[shop,other]", "acme");

    assertThat(withDefaults(alone)).isEqualTo("email.outbound");
    assertThat(withDefaults(named)).isEqualTo("email.outbound.all,email.outbound.shop");
    assertThatThrownBy(() -> withDefaults(wrong))
        .isInstanceOf(BrokerRefused.class)
        .hasMessageStartingWith("The name shop,other in byo.broker.organizations");
  }

  @Test
  void loginOfKafkaIsQuotedAndNotShown() {
    KafkaConnection connection =
        new KafkaConnection(
            "here:9092", "SASL_SSL", "PLAIN", "me", "a\"b\\c", "group", 1, Map.of());

    assertThat(connection.clientProperties().get("sasl.jaas.config").toString())
        .endsWith("required username=\"me\" password=\"a\\\"b\\\\c\";");
    assertThat(connection.toString()).doesNotContain("a\"b").doesNotContain("me");
    assertThatThrownBy(
            () ->
                new KafkaConnection(
                    "here:9092", "SASL_SSL", "PLAIM", "me", "a", "group", 1, Map.of()))
        .isInstanceOf(BrokerRefused.class);
  }

  @Test
  void userNameThatKafkaWouldNotGetEndsTheStart() {
    assertThatThrownBy(
            () ->
                new KafkaConnection(
                    "here:9092", "PLAINTEXT", "PLAIN", "me", "a", "group", 1, Map.of()))
        .isInstanceOf(BrokerRefused.class)
        .hasMessage("byo.broker.kafka.username is set, and security-protocol is PLAINTEXT.");
  }

  private static String withDefaults(MockEnvironment environment) {
    new BrokerDefaults().postProcessEnvironment(environment, new SpringApplication());
    return environment.getProperty("byo.broker.submissions");
  }

  private static MockEnvironment environment(String kind) {
    return new MockEnvironment().withProperty("byo.broker.kind", kind);
  }
}
