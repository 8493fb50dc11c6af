package org.byoemail.platform.event.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventData;
import org.byoemail.platform.event.EventFilter;
import org.byoemail.platform.event.EventFixtures;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.NumberedEvents;
import org.byoemail.support.BrokerTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class PublishRouteTest extends BrokerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String SUBSCRIPTION = "email.events::email.events.platform";

  @Autowired private Events events;
  @Autowired private NumberedEvents numbered;
  @Autowired private PlatformTransactionManager transactions;
  @Autowired private JmsTemplate jms;
  @Autowired private JdbcClient jdbc;
  @Autowired private EmbeddedActiveMQ broker;

  private final String organization = "acme-" + UUID.randomUUID();

  @BeforeEach
  void emptySubscription() {
    jms.setReceiveTimeout(300);
    while (jms.receive(SUBSCRIPTION) != null) {
      assertThat(jms).isNotNull();
    }
    jms.setReceiveTimeout(PATIENCE.toMillis());
  }

  @Test
  void eventIsToldWithAllItHas() throws Exception {
    UUID message = UUID.randomUUID();
    UUID account = UUID.randomUUID();
    record(message, account, EventFixtures.sentTo("a@x.test"));

    JsonNode told = receive();

    // The broker has it a moment before the database does.
    await().atMost(PATIENCE).until(() -> unpublished() == 0);
    Event stored =
        numbered.after(EventFilter.of(new OrganizationId(organization)), 0, 10).events().get(0);
    assertThat(told.path("id").asText()).isEqualTo(stored.id().toString());
    assertThat(told.path("position").asLong()).isEqualTo(stored.position());
    assertThat(told.path("type").asText()).isEqualTo("message.sent");
    assertThat(told.path("organization").asText()).isEqualTo(organization);
    assertThat(told.path("messageId").asText()).isEqualTo(message.toString());
    assertThat(told.path("accountId").asText()).isEqualTo(account.toString());
    assertThat(told.path("sequence").asInt()).isEqualTo(1);
    assertThat(told.path("createdAt").asText()).isEqualTo(stored.createdAt().toString());
    assertThat(told.at("/data/recipients/0/address").asText()).isEqualTo("a@x.test");
  }

  @Test
  void manyEventsKeepTheirOrder() throws Exception {
    IntStream.range(0, 450)
        .forEach(i -> record(null, null, EventFixtures.sent(Map.of("number", i))));

    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      numbers.add(receive().at("/data/metadata/number").asInt());
    }

    assertThat(numbers).isEqualTo(IntStream.range(0, 450).boxed().toList());
    await().atMost(PATIENCE).until(() -> unpublished() == 0);
  }

  @Test
  void whileTheBrokerIsAwayEventsAreNumberedAndWaitToBePublished() throws Exception {
    broker.getActiveMQServer().stop();
    UUID id = record(null, null, EventFixtures.sent(Map.of("number", 1)));
    try {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          numbered
                              .after(EventFilter.of(new OrganizationId(organization)), 0, 10)
                              .events())
                      .singleElement()
                      .extracting(Event::id)
                      .isEqualTo(id));
      await()
          .during(Duration.ofMillis(1500))
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(unpublished()).isEqualTo(1));
    } finally {
      broker.getActiveMQServer().start();
    }

    await().atMost(PATIENCE).until(() -> unpublished() == 0);
    assertThat(receive().path("id").asText()).isEqualTo(id.toString());
  }

  @Test
  void databaseTroubleRollsBothBack() throws Exception {
    jdbc.sql(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN IF NEW.name = ''published'' THEN RAISE ''refused by the test''; END IF; RETURN NEW; END'
            """)
        .update();
    jdbc.sql(
            "CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON event_position DEFERRABLE INITIALLY"
                + " DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()")
        .update();
    UUID id;
    try {
      id = record(null, null, EventFixtures.sent(Map.of("number", 1)));
      assertThat(receive().path("id").asText()).isEqualTo(id.toString());
      assertThat(unpublished()).isEqualTo(1);
    } finally {
      jdbc.sql("DROP TRIGGER refuse ON event_position").update();
      jdbc.sql("DROP FUNCTION refuse").update();
    }

    assertThat(receive().path("id").asText()).isEqualTo(id.toString());
    await().atMost(PATIENCE).until(() -> unpublished() == 0);
  }

  private UUID record(UUID message, UUID account, EventData data) {
    return new TransactionTemplate(transactions)
        .execute(
            status -> {
              events.record(
                  new Events.NewEvent(new OrganizationId(organization), message, account, data));
              return jdbc.sql(
                      "SELECT id FROM event WHERE organization = :o ORDER BY recorded DESC LIMIT 1")
                  .param("o", organization)
                  .query(UUID.class)
                  .single();
            });
  }

  private int unpublished() {
    return jdbc.sql(
            """
            SELECT count(*) FROM event WHERE organization = :o AND published_at IS NULL AND (position IS NULL
              OR position > (SELECT value FROM event_position WHERE name = 'published'))
            """)
        .param("o", organization)
        .query(Integer.class)
        .single();
  }

  private JsonNode receive()
      throws JMSException, com.fasterxml.jackson.core.JsonProcessingException {
    Message message = jms.receive(SUBSCRIPTION);
    assertThat(message).as("an event").isNotNull();
    JsonNode event = new ObjectMapper().readTree(((TextMessage) message).getText());
    assertThat(message.getStringProperty("submissionId"))
        .isEqualTo(event.at("/data/submissionId").textValue());
    return event;
  }
}
