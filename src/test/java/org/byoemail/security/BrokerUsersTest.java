package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.EventFixtures;
import org.byoemail.platform.event.Events;
import org.byoemail.support.BrokerTest;
import org.byoemail.support.StompClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisConnectionDetails;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a broker user of one organisation gets, and what it cannot get at: {@code producer} and
 * {@code second} have an organisation each, {@code all} is for every one.
 */
class BrokerUsersTest extends BrokerTest {
  private static final long SOON = Duration.ofSeconds(20).toMillis();

  @Autowired private ConnectionFactory connections;
  @Autowired private ArtemisConnectionDetails broker;
  @Autowired private Events events;
  @Autowired private PlatformTransactionManager transactions;

  @Test
  void eventReachesTheUserOfItsOrganisationAlone() throws Exception {
    String mine = event("producers-org");
    String others = event("seconds-org");

    try (JMSContext producer = core("producer");
        JMSContext second = amqp("second");
        JMSContext all = core("all")) {
      Message first = until(consumer(producer, "email.events.producer"), mine);
      Message theirs = until(consumer(second, "email.events.second"), others);
      JMSConsumer platform = consumer(all, "email.events::email.events.platform");
      until(platform, mine);
      until(platform, others);

      assertThat(first.getStringProperty("organization")).isEqualTo("producers-org");
      assertThat(first.getStringProperty("type")).isEqualTo("message.sent");
      assertThat(theirs.getStringProperty("organization")).isEqualTo("seconds-org");
    }
  }

  @Test
  void rejectionReachesItsProducerAlone() throws Exception {
    String id = "theirs-" + UUID.randomUUID();
    try (StompClient second = stomp("second")) {
      second.send("email.outbound", "{\"id\":\"" + id + "\"}");
    }

    try (JMSContext second = amqp("second");
        JMSContext all = core("all")) {
      until(consumer(second, "email.outbound.rejected.second"), id);
      assertThat(bodies(all, "email.outbound.rejected")).noneMatch(body -> body.contains(id));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "email.events",
        "email.events::email.events.platform",
        "email.events.producer",
        "email.events.producer::email.events.producer",
        "email.events::email.events.producer",
        "email.outbound",
        "email.outbound.second",
        "email.outbound.rejected",
        "email.outbound.rejected.producer",
        "email.outbound.rejected::email.outbound.rejected.producer",
        "email.dead",
        "activemq.management",
        "activemq.notifications"
      })
  void userOfOneOrganisationReadsNothingElse(String address) throws Exception {
    try (JMSContext core = core("second");
        JMSContext amqp = amqp("second")) {
      assertRefused(() -> core.createConsumer(core.createQueue(address)));
      assertRefused(() -> core.createConsumer(core.createTopic(address)));
      assertRefused(() -> amqp.createConsumer(amqp.createQueue(address)));
      assertRefused(() -> amqp.createConsumer(amqp.createTopic(address)));
      assertRefused(() -> core.createBrowser(core.createQueue(address)).getEnumeration());
    }
    for (String prefix : List.of("", "queue/", "topic/")) {
      try (StompClient stomp = stomp("second")) {
        assertThat(stomp.subscribe(prefix + address.replace("::", "\\c\\c"))).startsWith("ERROR");
      }
    }
  }

  @Test
  void userOfOneOrganisationSubscribesMakesAndDeletesNothing() throws Exception {
    try (JMSContext second = core("second")) {
      second.setClientID("second");
      assertRefused(() -> second.createDurableConsumer(second.createTopic("email.events"), "mine"));
    }
    try (ActiveMQConnectionFactory factory = factory();
        ClientSession session =
            factory
                .getServerLocator()
                .createSessionFactory()
                .createSession("second", PRODUCER_PASSWORD, false, true, true, false, 0)) {
      for (String queue :
          List.of(
              "email.events.platform",
              "email.events.producer",
              "email.events.second",
              "email.outbound.rejected.producer",
              "email.outbound")) {
        assertThatThrownBy(() -> session.deleteQueue(queue))
            .isInstanceOf(ActiveMQSecurityException.class);
      }
      for (String address : List.of("email.events", "email.events.second", "email.outbound")) {
        for (boolean durable : new boolean[] {true, false}) {
          assertThatThrownBy(
                  () ->
                      session.createQueue(
                          QueueConfiguration.of("mine")
                              .setAddress(address)
                              .setRoutingType(RoutingType.MULTICAST)
                              .setDurable(durable)))
              .isInstanceOf(ActiveMQSecurityException.class);
        }
      }
    }
  }

  @Test
  void queueOfAUserProvesItsName() throws Exception {
    String id = "own-" + UUID.randomUUID();
    String submission = "{\"id\":\"%s\",\"organization\":\"producers-org\"}";
    try (JMSContext core = core("second");
        JMSContext amqp = amqp("second");
        StompClient stomp = stomp("second")) {
      JMSConsumer rejections = consumer(core, "email.outbound.rejected.second");
      for (JMSContext context : List.of(core, amqp)) {
        context
            .createProducer()
            .setProperty("_AMQ_VALIDATED_USER", "producer")
            .send(context.createQueue("email.outbound.second"), submission.formatted(id));
        // Rejected, since producers-org is not its organisation: by the user that the broker knows.
        until(rejections, id);
      }
      assertThat(stomp.send("email.outbound.second", submission.formatted(id)))
          .startsWith("RECEIPT");
      until(rejections, id);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "email.events",
        "email.events.second",
        "email.outbound.producer",
        "email.events.producer",
        "email.outbound.rejected",
        "email.outbound.rejected.producer",
        "email.dead",
        "activemq.management"
      })
  void userOfOneOrganisationSendsNothingButSubmissions(String address) throws Exception {
    try (JMSContext core = core("second");
        JMSContext amqp = amqp("second")) {
      assertRefused(() -> core.createProducer().send(core.createQueue(address), "forged"));
      assertRefused(() -> amqp.createProducer().send(amqp.createQueue(address), "forged"));
    }
    try (StompClient stomp = stomp("second")) {
      assertThat(stomp.send(address, "forged")).startsWith("ERROR");
    }
  }

  private String event(String organization) {
    String mark = UUID.randomUUID().toString();
    new TransactionTemplate(transactions)
        .executeWithoutResult(
            status ->
                events.record(
                    new Events.NewEvent(
                        new OrganizationId(organization),
                        null,
                        null,
                        EventFixtures.sent(Map.of("mark", mark)))));
    return mark;
  }

  /** Reads until a message holds that text. */
  private static Message until(JMSConsumer consumer, String text) throws JMSException {
    while (true) {
      Message message = consumer.receive(SOON);
      assertThat(message).as("a message with " + text).isNotNull();
      if (message.getBody(String.class).contains(text)) {
        return message;
      }
    }
  }

  private static List<String> bodies(JMSContext context, String queue) throws JMSException {
    List<Message> messages =
        java.util.Collections.list(
            context.createBrowser(context.createQueue(queue)).getEnumeration());
    List<String> bodies = new java.util.ArrayList<>();
    for (Message message : messages) {
      bodies.add(message.getBody(String.class));
    }
    return bodies;
  }

  private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfAny(JMSRuntimeException.class, JMSException.class)
        .hasMessageNotContaining("timed out");
  }

  private static JMSConsumer consumer(JMSContext context, String queue) {
    Queue destination = context.createQueue(queue);
    return context.createConsumer(destination);
  }

  private ActiveMQConnectionFactory factory() {
    return new ActiveMQConnectionFactory(broker.getBrokerUrl());
  }

  private JMSContext core(String user) {
    return ((CachingConnectionFactory) connections)
        .getTargetConnectionFactory()
        .createContext(user, PRODUCER_PASSWORD);
  }

  private JMSContext amqp(String user) {
    return new JmsConnectionFactory(
            user,
            PRODUCER_PASSWORD,
            "amqp://127.0.0.1:" + port("amqp") + "?jms.requestTimeout=20000")
        .createContext();
  }

  private StompClient stomp(String user) throws Exception {
    return StompClient.connected(port("stomp"), user, PRODUCER_PASSWORD);
  }
}
