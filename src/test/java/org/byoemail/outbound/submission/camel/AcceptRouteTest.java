package org.byoemail.outbound.submission.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.DeliveryConflict;
import org.byoemail.outbound.outbox.DeadLetter;
import org.byoemail.outbound.outbox.DeadLetters;
import org.byoemail.outbound.outbox.Outbox;
import org.byoemail.outbound.outbox.OutboxEntry;
import org.byoemail.outbound.outbox.OutboxFilter;
import org.byoemail.outbound.submission.FailingSubmissions;
import org.byoemail.outbound.submission.InvalidField;
import org.byoemail.outbound.submission.RejectedSubmissions;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.support.BrokerTest;
import org.byoemail.support.PublishedSchema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.jms.core.MessageCreator;

class AcceptRouteTest extends BrokerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final PublishedSchema SCHEMA = new PublishedSchema("rejected");
  private static final String QUEUE = "email.outbound";
  private static final String REJECTED = "email.outbound.rejected";

  @Autowired private ConnectionFactory connections;
  @Autowired private JmsTemplate jms;
  @Autowired private Agents agents;
  @Autowired private Endpoints endpoints;
  @Autowired private Outbox outbox;
  @Autowired private DeadLetters letters;
  @Autowired private RejectedSubmissions rejectedSubmissions;
  @Autowired private FailingSubmissions failing;
  @Autowired private SubmissionReader reader;
  @Autowired private JdbcClient jdbc;
  @Autowired private Environment environment;

  private String organization = "";
  private String ada = "";

  @BeforeEach
  void makeSender() {
    organization = "acme-" + UUID.randomUUID();
    ada = sender(organization);
    jms.setReceiveTimeout(PATIENCE.toMillis());
  }

  @Test
  void textIsAccepted() {
    String json = submission("text", Map.of());

    jms.send(QUEUE, session -> session.createTextMessage(json));

    awaitAccepted(1);
  }

  @Test
  void bytesAreAcceptedWhateverTheirSize() {
    String small = submission("small", Map.of());
    byte[] large = new byte[5 << 20];
    large[4711] = 1;
    String big =
        submission(
            "big",
            Map.of(
                "attachments",
                List.of(
                    Map.of(
                        "name", "a.bin", "content", Base64.getEncoder().encodeToString(large)))));

    jms.send(QUEUE, bytes(small.getBytes(StandardCharsets.UTF_8)));
    jms.send(QUEUE, bytes(big.getBytes(StandardCharsets.UTF_8)));

    List<OutboxEntry> accepted = awaitAccepted(2);
    UUID id =
        accepted.stream()
            .filter(entry -> entry.submissionId().equals("big"))
            .findFirst()
            .orElseThrow()
            .messageId()
            .value();
    assertThat(outbox.story(new StoredMessageId(id)).orElseThrow().attachments().get(0).size())
        .isEqualTo(5 << 20);
  }

  @Test
  void invalidIsRejectedWithFieldAndOriginalAndTheNextOneGoesOn() throws Exception {
    String id = "bad-" + UUID.randomUUID();
    String bad = submission(id, Map.of("to", List.of("ben@x.test", "nobody")));

    jms.send(
        QUEUE,
        session -> {
          Message message = session.createTextMessage(bad);
          message.setStringProperty("CamelJmsDestinationName", "email.dead");
          message.setStringProperty("secretHint", "x");
          return message;
        });
    jms.send(QUEUE, session -> session.createTextMessage(submission("next", Map.of())));

    Message rejected = rejected(id);
    JsonNode told = JSON.readTree(((TextMessage) rejected).getText());
    assertThat(told.at("/errors/0/field").asText()).isEqualTo("to[1]");
    assertThat(told.path("reason").asText()).startsWith("to[1]: ");
    assertThat(told.path("submission").asText()).isEqualTo(bad);
    assertThat(rejected.propertyExists("secretHint")).isFalse();
    assertThat(awaitAccepted(1).get(0).submissionId()).isEqualTo("next");
    assertThat(
            jdbc.sql(
                    "SELECT convert_from(body, 'UTF8') FROM rejected_submission WHERE submission_id"
                        + " = :id")
                .param("id", id)
                .query(String.class)
                .list())
        .containsExactly(bad);
  }

  @Test
  void whatIsNoTextIsShownInBase64() throws Exception {
    byte[] noise = new byte[100_000];
    noise[0] = (byte) 0xff;
    noise[1] = (byte) UUID.randomUUID().hashCode();

    jms.send(QUEUE, bytes(noise));

    JsonNode told = JSON.readTree(((TextMessage) receive()).getText());
    byte[] shown = Base64.getDecoder().decode(told.path("submissionBase64").asText());
    assertThat(shown).hasSize(OriginalSubmission.SHOWN).startsWith(noise[0], noise[1]);
    assertThat(told.path("submissionTruncated").asBoolean()).isTrue();
  }

  @Test
  void otherKindsOfMessagesAreRejected() throws Exception {
    jms.send(QUEUE, Session::createMapMessage);
    jms.send(QUEUE, Session::createStreamMessage);
    jms.send(QUEUE, session -> session.createObjectMessage("text"));
    jms.send(QUEUE, Session::createMessage);

    for (int i = 0; i < 4; i++) {
      assertThat(JSON.readTree(((TextMessage) receive()).getText()).path("reason").asText())
          .isEqualTo("must be a message of text or of bytes");
    }
  }

  @Test
  void secondBodyForOneIdIsRejected() throws Exception {
    String id = "twice-" + UUID.randomUUID();
    jms.send(QUEUE, session -> session.createTextMessage(submission(id, Map.of())));
    awaitAccepted(1);

    jms.send(QUEUE, session -> session.createTextMessage(submission(id, Map.of("subject", "b"))));
    jms.send(QUEUE, session -> session.createTextMessage(submission(id, Map.of())));

    JsonNode told = JSON.readTree(((TextMessage) rejected(id)).getText());
    assertThat(told.at("/errors/0/field").asText()).isEqualTo("id");
    assertThat(awaitAccepted(1)).hasSize(1);
  }

  @Test
  void brokerUserSendsForItsOrganizationAlone() throws Exception {
    String others = "others-" + UUID.randomUUID();
    String own = "own-" + UUID.randomUUID();
    String foreign = submission(others, Map.of());
    ada = sender("producers-org");

    ConnectionFactory direct =
        ((CachingConnectionFactory) connections).getTargetConnectionFactory();
    try (Connection connection = direct.createConnection("producer", PRODUCER_PASSWORD)) {
      Session session = connection.createSession();
      var queue = session.createProducer(session.createQueue(QUEUE));
      queue.send(session.createTextMessage(foreign));
      queue.send(session.createTextMessage(submission(own, Map.of())));
    }

    Message rejected = jms.receive(REJECTED + ".producer");
    assertThat(rejected).as("a rejection").isNotNull();
    JsonNode told = JSON.readTree(((TextMessage) rejected).getText());
    assertThat(told.path("id").asText()).isEqualTo(others);
    assertThat(told.at("/errors/0/field").asText()).isEqualTo("from");
    assertThat(rejected.getStringProperty("organization")).isEqualTo("producers-org");
    assertThat(rejected.getStringProperty("type")).isEqualTo("submission.rejected");
    organization = "producers-org";
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(all()).extracting(OutboxEntry::submissionId).contains(own));
  }

  @Test
  void submissionOfAUserWhoMaySendForNobodyIsNotKeptToBeSentAgain() throws Exception {
    String id = "nobodys-" + UUID.randomUUID();
    jms.send(REJECTED, session -> session.createTextMessage(submission(id, Map.of())));
    ProducerSettings others = new ProducerSettings(true, Map.of("somebody-else", organization));
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange.setProperty(AcceptSubmission.ORIGINAL, new JmsSubmission(jms.receive(REJECTED), true));
    exchange.setProperty(
        Exchange.EXCEPTION_CAUGHT,
        new SubmissionRejected(
            id,
            List.of(new InvalidField("", "the broker user may not send for any organisation"))));

    new DescribeRejection(JSON, rejectedSubmissions, failing, reader, others, environment)
        .process(exchange);

    DeadLetter letter =
        letters.list(null, null, 100).stream()
            .filter(one -> id.equals(one.submissionId()))
            .findFirst()
            .orElseThrow();
    assertThat(letter.canBeResent()).isFalse();
    assertThatThrownBy(() -> letters.resend(letter.id()))
        .isInstanceOf(DeliveryConflict.class)
        .hasMessageContaining("was not kept");
    assertThat(all()).isEmpty();
  }

  @Test
  void troubleOfOursLeavesItOnTheQueue() {
    jdbc.sql("ALTER TABLE outbound_delivery RENAME TO outbound_delivery_away").update();
    try {
      jms.send(QUEUE, session -> session.createTextMessage(submission("later", Map.of())));
      await()
          .during(Duration.ofMillis(1500))
          .atMost(PATIENCE)
          .until(
              () ->
                  jdbc.sql("SELECT count(*) FROM outbound_submission WHERE organization = :o")
                          .param("o", organization)
                          .query(Integer.class)
                          .single()
                      == 0);
    } finally {
      jdbc.sql("ALTER TABLE outbound_delivery_away RENAME TO outbound_delivery").update();
    }

    awaitAccepted(1);
  }

  private String sender(String of) {
    var agent =
        agents.create(
            new OrganizationId(of),
            "Ada",
            new ContactPolicy(ContactPolicy.Mode.OPEN, ContactPolicy.Mode.OPEN, List.of()));
    String address = "ada-" + UUID.randomUUID() + "@example.org";
    endpoints.own(agent.id(), EmailAddress.parse(address), null);
    return address;
  }

  private String submission(String id, Map<String, ?> changes) {
    Map<String, Object> fields = new java.util.HashMap<>();
    fields.put("id", id);
    fields.put("from", ada);
    fields.put("to", "ben@x.test");
    fields.put("subject", "a");
    fields.put("body", "b");
    fields.putAll(changes);
    return JSON.valueToTree(fields).toString();
  }

  private static MessageCreator bytes(byte[] content) {
    return session -> {
      BytesMessage message = session.createBytesMessage();
      message.writeBytes(content);
      return message;
    };
  }

  private Message receive() throws JMSException {
    Message message = jms.receive(REJECTED);
    assertThat(message).as("a rejection").isNotNull();
    assertThat(SCHEMA.faults(((TextMessage) message).getText())).isEmpty();
    return message;
  }

  private Message rejected(String id) throws JMSException {
    Message message = receive();
    assertThat(((TextMessage) message).getText()).contains("\"id\":\"" + id + "\"");
    return message;
  }

  private List<OutboxEntry> awaitAccepted(int count) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(all()).hasSize(count));
    return all();
  }

  private List<OutboxEntry> all() {
    return outbox.list(
        new OutboxFilter(new OrganizationId(organization), null, null, null, null, 100));
  }
}
