package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.outbox.DeadLetter;
import org.byoemail.outbound.outbox.DeadLetters;
import org.byoemail.support.BrokerTest;
import org.byoemail.support.StompClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.core.JmsTemplate;

/**
 * Whatever a producer puts on the queue ends as accepted or rejected, within seconds and once, and
 * the next one passes.
 */
class HostileSubmissionsTest extends BrokerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String QUEUE = "email.outbound";
  private static final String REJECTED = "email.outbound.rejected.second";

  @Autowired private ConnectionFactory connections;
  @Autowired private ArtemisConnectionDetails details;
  @Autowired private Agents agents;
  @Autowired private Endpoints endpoints;
  @Autowired private DeadLetters letters;
  @Autowired private JdbcClient jdbc;
  @Autowired private JmsTemplate jms;

  @Value("${byo.content.dir}")
  private Path contents;

  private final String mark = UUID.randomUUID().toString();
  private String from = "";

  @BeforeEach
  void makeSender() throws Exception {
    from = "ada-" + mark + "@example.org";
    var open = new ContactPolicy(ContactPolicy.Mode.OPEN, ContactPolicy.Mode.OPEN, List.of());
    endpoints.own(
        agents.create(new OrganizationId("seconds-org"), "Ada", open).id(),
        EmailAddress.parse(from),
        null);
    jms.setReceiveTimeout(100);
    while (jms.receive(REJECTED) != null) {
      assertThat(jms).isNotNull();
    }
    jms.setReceiveTimeout(PATIENCE.toMillis());
  }

  @Test
  void bodiesThatLieAboutTheirLengthAreRejected() throws Exception {
    for (byte type : new byte[] {2, 3, 5, 6}) {
      core(
          type,
          message -> {
            if (type == 3) {
              message.getBodyBuffer().writeByte((byte) 1);
            }
            message.getBodyBuffer().writeInt(Integer.MAX_VALUE);
          });
      assertThat(rejection())
          .containsPattern("must be a message of text or of bytes|is larger than");
    }
    core((byte) 3, message -> message.getBodyBuffer().writeByte((byte) 1));
    assertThat(rejection()).contains("is cut off");
    assertNextPasses();
  }

  @Test
  void propertiesOfTheBrokerSetByAProducerHideNothing() throws Exception {
    String id = "marked-" + mark;
    for (String property :
        new String[] {
          "_hornetq.forced.delivery.seq", "_AMQ_LARGE_COMPRESSED", "_AMQ_LARGE_SIZE", "_BYO_KIND"
        }) {
      core(
          (byte) 4,
          message -> {
            message.putStringProperty(property, "x");
            message.getBodyBuffer().writeBytes(("{\"id\":\"" + id + "\"}").getBytes());
          });
      assertThat(rejection()).contains(id);
    }
    assertNextPasses();
  }

  @Test
  void bombIsRejectedAndWhatIsCompressedIsRead() throws Exception {
    try (ActiveMQConnectionFactory factory =
        new ActiveMQConnectionFactory(details.getBrokerUrl())) {
      factory.setCompressLargeMessage(true);
      try (JMSContext second = factory.createContext("second", PRODUCER_PASSWORD)) {
        second.createProducer().send(second.createQueue(QUEUE), " ".repeat(60 << 20));
        second
            .createProducer()
            .send(second.createQueue(QUEUE), valid("compressed", "word ".repeat(100_000)));
      }
    }

    assertThat(rejection()).contains("is larger than").hasSizeLessThan(300_000);
    awaitAccepted("compressed");
    assertNextPasses();
  }

  @Test
  void deepAndWideJsonIsRejectedInFewWords() throws Exception {
    StringBuilder wide = new StringBuilder("{");
    for (int i = 0; i < 5_000; i++) {
      wide.append("\"unknown-").append(i).append("\":1,");
    }
    for (String json :
        new String[] {
          "{\"metadata\":" + "[".repeat(200_000),
          "{\"metadata\":" + "{\"a\":".repeat(200_000),
          "{\"to\":[" + "\"a\",".repeat(300_000) + "\"a\"]}",
          "{\"priority\":" + "9".repeat(300_000) + "}",
          "{\"" + "n".repeat(300_000) + "\":1}",
          wide.append("\"id\":\"wide\"}").toString(),
        }) {
      try (StompClient second = stomp()) {
        assertThat(second.send(QUEUE, json)).startsWith("RECEIPT");
      }

      assertThat(rejection()).contains("\"reason\"").hasSizeLessThan(300_000);
    }
    assertNextPasses();
  }

  @Test
  void senderByAmqpCannotCallItselfAnother() throws Exception {
    String url = "amqp://127.0.0.1:" + port("amqp") + "?jms.requestTimeout=20000";
    try (JMSContext second =
        new JmsConnectionFactory("second", PRODUCER_PASSWORD, url).createContext()) {
      second
          .createProducer()
          .setProperty("_AMQ_VALIDATED_USER", "producer")
          .send(second.createQueue(QUEUE), "{\"id\":\"forged-" + mark + "\"}");
      second
          .createProducer()
          .setProperty("_AMQ_VALIDATED_USER", "producer")
          .send(
              second.createQueue(QUEUE),
              "{\"id\":\"large-" + mark + "\",\"body\":\"" + "x".repeat(300_000) + "\"}");
    }

    assertThat(rejection()).contains("forged-" + mark);
    assertThat(rejection()).contains("large-" + mark);
  }

  @Test
  void duplicateIdsGroupsAndExpiryOfAProducerDropNothing() throws Exception {
    try (JMSContext second = context()) {
      for (int i = 0; i < 3; i++) {
        second
            .createProducer()
            .setTimeToLive(1)
            .setPriority(9)
            .setDeliveryDelay(3_600_000)
            .setProperty("_AMQ_DUPL_ID", "the same")
            .setProperty("JMSXGroupID", "the same")
            .setProperty("_AMQ_LVQ_NAME", "the same")
            .send(second.createQueue(QUEUE), valid("same-" + i, "b"));
      }
    }

    for (int i = 0; i < 3; i++) {
      awaitAccepted("same-" + i);
    }
  }

  @Test
  void whatFailsAgainAndAgainWhileOthersPassIsParkedWithItsBytes() throws Exception {
    jdbc.sql(
            """
            CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN IF NEW.subject = ''poison'' THEN RAISE ''refused by the test''; END IF; RETURN NEW; END'
            """)
        .update();
    jdbc.sql(
            "CREATE TRIGGER poison BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION poison()")
        .update();
    String poison = valid("poison", "b").replace("\"subject\":\"a\"", "\"subject\":\"poison\"");
    try {
      try (StompClient second = stomp()) {
        second.send(QUEUE, poison);
      }
      await().atMost(PATIENCE).until(() -> failures() == 1);
      // Alone it is our own trouble, however often it fails.
      jdbc.sql("UPDATE submission_failure SET failures = 10").update();
      await().during(Duration.ofSeconds(5)).atMost(PATIENCE).until(() -> failures() == 10);
      assertNextPasses();

      assertThat(rejection()).contains("failed more than 10 times while others were accepted");
    } finally {
      jdbc.sql("DROP TRIGGER poison ON message").update();
      jdbc.sql("DROP FUNCTION poison").update();
    }

    DeadLetter letter =
        letters.list(new OrganizationId("seconds-org"), null, 100).stream()
            .filter(one -> one.explanation().contains("failed more than 10 times"))
            .findFirst()
            .orElseThrow();
    assertThat(letter.canBeResent()).isTrue();
    assertThat(letters.resend(letter.id())).isTrue();
    awaitAccepted("poison");
    assertThat(failures()).isZero();
  }

  @Test
  void queueThatIsEmptyRejectsNothing() {
    String rejected = "email.outbound.rejected";
    jms.setReceiveTimeout(100);
    while (jms.receive(rejected) != null) {
      assertThat(jms).isNotNull();
    }

    jms.setReceiveTimeout(4000); // Each consumer asks the broker every second.
    Message rejection = jms.receive(rejected);

    assertThat(rejection).isNull();
  }

  @Test
  void submissionWaitsForTheStoreOfItsFilesHoweverManyPass() throws Exception {
    byte[] file = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    Path folder = contents.resolve(sha256.substring(0, 2)).resolve(sha256.substring(2, 4));
    Files.createDirectories(folder.getParent());
    Files.createFile(folder); // Where a folder has to be.
    String submission =
        valid("with-file", "b")
            .replaceFirst(
                "}$",
                ",\"attachments\":[{\"name\":\"a.bin\",\"content\":\"%s\"}]}"
                    .formatted(Base64.getEncoder().encodeToString(file)));
    try {
      try (StompClient second = stomp()) {
        second.send(QUEUE, submission);
      }
      for (int passed = 0; passed < 3; passed++) {
        Timestamp before = lastCounted();
        await().atMost(PATIENCE).until(() -> lastCounted().after(before));
        assertNextPasses();
        assertThat(failures()).isLessThan(2);
      }
    } finally {
      Files.delete(folder);
    }

    awaitAccepted("with-file");
    await().atMost(PATIENCE).until(() -> failures() == 0);
  }

  private Timestamp lastCounted() {
    return jdbc.sql("SELECT coalesce(max(counted_at), 'epoch') FROM submission_failure")
        .query(Timestamp.class)
        .single();
  }

  private int failures() {
    return jdbc.sql("SELECT coalesce(sum(failures), 0) FROM submission_failure")
        .query(Integer.class)
        .single();
  }

  private String rejection() throws JMSException {
    Message message = jms.receive(REJECTED);
    assertThat(message).as("a rejection").isNotNull();
    return message.getBody(String.class);
  }

  private void assertNextPasses() throws Exception {
    String id = "next-" + UUID.randomUUID();
    try (StompClient second = stomp()) {
      assertThat(second.send("queue/" + QUEUE, valid(id, "b"))).startsWith("RECEIPT");
    }
    awaitAccepted(id);
  }

  private void awaitAccepted(String id) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                jdbc.sql("SELECT count(*) FROM outbound_submission WHERE submission_id = :id")
                        .param("id", id + mark)
                        .query(Integer.class)
                        .single()
                    == 1);
  }

  private String valid(String id, String body) {
    return "{\"id\":\"%s\",\"from\":\"%s\",\"to\":\"ben@x.test\",\"subject\":\"a\",\"body\":\"%s\"}"
        .formatted(id + mark, from, body);
  }

  private void core(byte type, Consumer<ClientMessage> fill) throws Exception {
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(details.getBrokerUrl());
        ClientSession session =
            factory
                .getServerLocator()
                .createSessionFactory()
                .createSession("second", PRODUCER_PASSWORD, false, true, true, false, 0)) {
      ClientMessage message = session.createMessage(type, true);
      fill.accept(message);
      session.createProducer(QUEUE).send(message);
    }
  }

  private JMSContext context() {
    return ((CachingConnectionFactory) connections)
        .getTargetConnectionFactory()
        .createContext("second", PRODUCER_PASSWORD);
  }

  private StompClient stomp() throws Exception {
    return StompClient.connected(port("stomp"), "second", PRODUCER_PASSWORD);
  }
}
