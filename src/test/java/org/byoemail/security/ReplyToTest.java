package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.Destination;
import jakarta.jms.JMSContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.support.BrokerTest;
import org.byoemail.support.StompClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jms.connection.CachingConnectionFactory;

/**
 * Producers that ask for a reply get none: nothing is sent to the address that they name, though
 * the gateway may send to it, and nobody waits for anything.
 */
class ReplyToTest extends BrokerTest {
  // Camel waits 20 s for each answer where it asks for one.
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int MANY = 40;
  private static final List<String> NAMED = List.of("email.dead", "email.outbound", "nowhere");

  @Autowired private ConnectionFactory connections;
  @Autowired private EmbeddedActiveMQ broker;
  @Autowired private Agents agents;
  @Autowired private Endpoints endpoints;
  @Autowired private JdbcClient jdbc;

  private final String mark = UUID.randomUUID().toString();
  private String from = "";
  private long dead;

  @BeforeEach
  void makeSender() {
    from = "ada-" + mark + "@example.org";
    var open = new ContactPolicy(ContactPolicy.Mode.OPEN, ContactPolicy.Mode.OPEN, List.of());
    endpoints.own(
        agents.create(new OrganizationId("seconds-org"), "Ada", open).id(),
        EmailAddress.parse(from),
        null);
    dead = added("email.dead");
  }

  @Test
  void jms() {
    try (JMSContext context =
        ((CachingConnectionFactory) connections)
            .getTargetConnectionFactory()
            .createContext("second", PRODUCER_PASSWORD)) {
      // The context asks the broker whether there is such a queue.
      submit(context, ActiveMQJMSClient::createQueue);
    }

    assertAcceptedAndRejectedWithoutReply();
  }

  @Test
  void amqp() {
    String url = "amqp://127.0.0.1:" + port("amqp") + "?jms.requestTimeout=20000";
    try (JMSContext context =
        new JmsConnectionFactory("second", PRODUCER_PASSWORD, url).createContext()) {
      submit(context, context::createQueue);
    }

    assertAcceptedAndRejectedWithoutReply();
  }

  @Test
  void stomp() throws Exception {
    try (StompClient client = StompClient.connected(port("stomp"), "second", PRODUCER_PASSWORD)) {
      for (int i = 0; i < MANY; i++) {
        Map<String, String> headers = Map.of("reply-to", "queue/" + NAMED.get(i % 3));
        assertThat(client.send("email.outbound", invalid(i), headers)).startsWith("RECEIPT");
        assertThat(client.send("email.outbound", valid(i), headers)).startsWith("RECEIPT");
      }
    }

    assertAcceptedAndRejectedWithoutReply();
  }

  private void submit(JMSContext context, Function<String, Destination> replyTo) {
    Destination queue = context.createQueue("email.outbound");
    for (int i = 0; i < MANY; i++) {
      Destination named = replyTo.apply(NAMED.get(i % 3));
      context.createProducer().setJMSReplyTo(named).send(queue, invalid(i));
      context.createProducer().setJMSReplyTo(named).send(queue, valid(i));
    }
  }

  private void assertAcceptedAndRejectedWithoutReply() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(count("outbound_submission")).isEqualTo(MANY);
              assertThat(count("rejected_submission")).isEqualTo(MANY);
              // A reply would have been sent in the transaction that takes the message.
              assertThat(waiting("email.outbound")).isZero();
            });
    assertThat(added("email.dead")).isEqualTo(dead);
    assertThat(broker.getActiveMQServer().locateQueue("nowhere")).isNull();
  }

  private String invalid(int i) {
    return "{\"id\":\"invalid-%s-%d\"}".formatted(mark, i);
  }

  private String valid(int i) {
    return "{\"id\":\"valid-%s-%d\",\"from\":\"%s\",\"to\":\"ben@x.test\",\"body\":\"b\"}"
        .formatted(mark, i, from);
  }

  private int count(String table) {
    return jdbc.sql("SELECT count(*) FROM " + table + " WHERE submission_id LIKE :mark")
        .param("mark", "%" + mark + "%")
        .query(Integer.class)
        .single();
  }

  private long added(String queue) {
    return broker.getActiveMQServer().locateQueue(queue).getMessagesAdded();
  }

  private long waiting(String queue) {
    return broker.getActiveMQServer().locateQueue(queue).getMessageCount();
  }
}
