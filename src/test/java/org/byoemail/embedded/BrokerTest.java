package org.byoemail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.byoemail.platform.broker.ArtemisLogin;
import org.byoemail.platform.health.ServiceLogins;
import org.byoemail.support.StompClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.jms.JmsAutoConfiguration;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisAutoConfiguration;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisConnectionDetails;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** The real broker as Spring Boot starts it, with producers over STOMP. */
class BrokerTest {
  private static final long SOON = Duration.ofSeconds(20).toMillis();

  @TempDir static Path dir;
  private static ConfigurableApplicationContext context;

  @BeforeAll
  static void start() {
    context = start(dir);
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  @Test
  void messageOfAProducerArrivesWithItsName() throws Exception {
    try (StompClient producer = producer();
        JMSContext gateway = gateway()) {
      String plain = producer.send("email.outbound", "one");
      String prefixed = producer.send("queue/email.outbound", "two");

      JMSConsumer consumer = gateway.createConsumer(gateway.createQueue("email.outbound"));
      Message first = consumer.receive(SOON);
      Message second = consumer.receive(SOON);

      assertThat(plain).startsWith("RECEIPT");
      assertThat(prefixed).startsWith("RECEIPT");
      assertThat(first.getBody(String.class)).isEqualTo("one");
      assertThat(first.getStringProperty("JMSXUserID")).isEqualTo("producer");
      assertThat(second.getBody(String.class)).isEqualTo("two");
    }
  }

  @Test
  void wrongPasswordIsRefused() throws Exception {
    try (StompClient client = new StompClient(port(context, BrokerAcceptors.STOMP))) {
      assertThat(client.connect("producer", "wrong"))
          .startsWith("ERROR")
          .contains("User name [producer] or password is invalid");
    }
    ConnectionFactory inside =
        new ActiveMQConnectionFactory(
            context.getBean(ArtemisConnectionDetails.class).getBrokerUrl());
    assertThatThrownBy(() -> inside.createConnection().close()).hasMessageContaining("AMQ229031");
    assertThat(ServiceLogins.broker(new ArtemisLogin(inside)))
        .hasMessageContaining("AMQ229031")
        .hasFieldOrPropertyWithValue(
            "remedy", "Correct spring.artemis.user and spring.artemis.password.");
    assertThat(ServiceLogins.broker(new ArtemisLogin(context.getBean(ConnectionFactory.class))))
        .isNull();
  }

  @Test
  void misspeltDestinationIsAnError() throws Exception {
    try (StompClient producer = producer();
        JMSContext gateway = gateway()) {
      assertThat(producer.send("email.outbund", "lost")).startsWith("ERROR");
      assertThatThrownBy(
              () -> gateway.createProducer().send(gateway.createQueue("email.outbund"), "lost"))
          .hasMessageContaining("email.outbund");
    }
  }

  @Test
  void producerMayNotSendEventsNorReadSubmissions() throws Exception {
    try (StompClient producer = producer()) {
      assertThat(producer.send("email.events", "forged")).startsWith("ERROR");
    }
    try (StompClient producer = producer()) {
      assertThat(producer.subscribe("email.outbound")).startsWith("ERROR");
    }
    try (StompClient producer = producer()) {
      assertThat(producer.subscribe("email.outbound.rejected")).startsWith("RECEIPT");
    }
  }

  @Test
  void eventReachesSubscribersAndThePlatformsQueue() throws Exception {
    try (StompClient subscriber = producer();
        JMSContext gateway = gateway()) {
      subscriber.subscribe("topic/email.events");

      gateway.createProducer().send(gateway.createTopic("email.events"), "happened");

      JMSConsumer platform =
          gateway.createConsumer(gateway.createQueue("email.events::email.events.platform"));
      Message event = platform.receive(SOON);
      assertThat(subscriber.frame()).startsWith("MESSAGE").endsWith("happened");
      assertThat(event.getBody(String.class)).isEqualTo("happened");
      assertThat(event.getJMSExpiration() - event.getJMSTimestamp())
          .isCloseTo(Duration.ofDays(7).toMillis(), within(SOON));
    }
  }

  @Test
  void producerDeletesItsOwnSubscriptionButNotThePlatformsQueue() throws Exception {
    ArtemisConnectionDetails details = context.getBean(ArtemisConnectionDetails.class);
    try (ActiveMQConnectionFactory factory =
            new ActiveMQConnectionFactory(
                details.getBrokerUrl(), BrokerUsers.PRODUCER, password(context));
        Connection connection = factory.createConnection()) {
      connection.setClientID("crm");
      jakarta.jms.Session session = connection.createSession();
      session.createDurableSubscriber(session.createTopic("email.events"), "own").close();
      session.unsubscribe("own");
    }

    assertThat(server().locateQueue("crm.own")).isNull();
    assertThatThrownBy(
            () -> {
              try (ActiveMQConnectionFactory factory =
                      new ActiveMQConnectionFactory(
                          details.getBrokerUrl(), BrokerUsers.PRODUCER, password(context));
                  var session =
                      factory
                          .getServerLocator()
                          .createSessionFactory()
                          .createSession(
                              BrokerUsers.PRODUCER,
                              password(context),
                              false,
                              true,
                              true,
                              false,
                              0)) {
                session.deleteQueue("email.events.platform");
              }
            })
        .hasMessageContaining("DELETE_DURABLE_QUEUE");
  }

  @Test
  void rolledBackSubmissionComesAgainLater() {
    AddressSettings settings = server().getAddressSettingsRepository().getMatch("email.outbound");

    assertThat(settings.getMaxDeliveryAttempts()).isEqualTo(-1);
    assertThat(settings.getRedeliveryDelay()).isEqualTo(1_000);
    assertThat(settings.getRedeliveryMultiplier()).isEqualTo(2);
    assertThat(settings.getMaxRedeliveryDelay()).isEqualTo(60_000);
    assertThat(
            server()
                .getAddressSettingsRepository()
                .getMatch("email.events")
                .getExpiryAddress()
                .toString())
        .isEmpty();
  }

  @Test
  void mailOfFortyMegabytesPasses() throws Exception {
    String large = "x".repeat(40 << 20);
    try (StompClient producer = producer();
        JMSContext gateway = gateway()) {
      assertThat(producer.send("email.outbound", large)).startsWith("RECEIPT");

      TextMessage arrived =
          (TextMessage) gateway.createConsumer(gateway.createQueue("email.outbound")).receive(SOON);

      assertThat(arrived.getText()).hasSize(large.length());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {BrokerAcceptors.AMQP, BrokerAcceptors.STOMP})
  void httpIsRefusedBeforeItsBodyIsRead(String acceptor) throws Exception {
    try (Socket client = new Socket("127.0.0.1", port(context, acceptor))) {
      client.getOutputStream().write('P');
      client.getOutputStream().flush();
      client.getOutputStream().write("OST / HTTP/1.1\r\nContent-Length: 99\r\n\r\n".getBytes());

      assertThat(isEnded(client)).isTrue();
    }
  }

  @Test
  void clientThatHasNotLoggedInSendsNoLargeFrame() throws Exception {
    try (Socket client = new Socket("127.0.0.1", port(context, BrokerAcceptors.STOMP))) {
      client.getOutputStream().write(("CONNECT\nlogin:" + "x".repeat(20 << 10)).getBytes());

      assertThat(isEnded(client)).isTrue();
    }
  }

  @Test
  void frameThatIsNoSubmissionEndsItsConnection(@TempDir Path other) throws Exception {
    try (ConfigurableApplicationContext small = start(other, "byo.outbound.max-message-size=1MB")) {
      try (StompClient producer = producer(small)) {
        assertThat(producer.send("email.outbound", "x".repeat(1_900 << 10))).startsWith("RECEIPT");
      }
      try (StompClient producer = producer(small)) {
        assertThat(producer.begin("email.outbound", "x".repeat(3 << 20)))
            .startsWith("ERROR")
            .contains("its frame is over 2162688 bytes");
      }
      try (StompClient producer = producer(small)) {
        assertThat(producer.begin("x".repeat(70 << 10), ""))
            .contains("the headers of its frame are over 65536 bytes");
      }
    }
  }

  @Test
  void unfinishedFramesOfAllClientsAreLimited(@TempDir Path other) throws Exception {
    List<StompClient> producers = new ArrayList<>();
    try (ConfigurableApplicationContext small = start(other, "byo.outbound.max-message-size=1MB")) {
      String answer = "";
      for (int i = 0; i < 10 && answer.isEmpty(); i++) {
        producers.add(producer(small));
        answer = producers.get(i).begin("email.outbound", "x".repeat(2 << 20));
      }

      assertThat(answer).contains("the unfinished frames of all clients are over");
      assertThat(producers).hasSizeGreaterThan(5);
      try (StompClient later = producer(small)) {
        assertThat(later.send("email.outbound", "small")).startsWith("RECEIPT");
      }
    } finally {
      for (StompClient producer : producers) {
        producer.close();
      }
    }
  }

  @Test
  void unfinishedFramesOfManyClientsAreLimitedHoweverShort(@TempDir Path other) throws Exception {
    List<StompClient> producers = new ArrayList<>();
    try (ConfigurableApplicationContext small = start(other, "byo.outbound.max-message-size=1MB")) {
      for (int i = 0; i < 30; i++) {
        producers.add(producer(small));
      }
      String part = "x".repeat(900 << 10);

      List<CompletableFuture<String>> answers =
          producers.stream().map(producer -> begin(producer, part)).toList();

      assertThat(answers.stream().map(CompletableFuture::join))
          .anyMatch(answer -> answer.contains("the unfinished frames of all clients are over"));
    } finally {
      for (StompClient producer : producers) {
        producer.close();
      }
    }
  }

  private static CompletableFuture<String> begin(StompClient producer, String body) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                answer.complete(producer.begin("email.outbound", body));
              } catch (IOException e) {
                answer.complete(e.toString());
              }
            })
        .start();
    return answer;
  }

  private static boolean isEnded(Socket client) throws IOException {
    client.setSoTimeout((int) SOON);
    try {
      client.getInputStream().readAllBytes();
      return true;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void submissionSurvivesARestart(@TempDir Path other) throws Exception {
    try (ConfigurableApplicationContext first = start(other);
        StompClient producer = producer(first)) {
      assertThat(producer.send("email.outbound", "kept")).startsWith("RECEIPT");
    }

    try (ConfigurableApplicationContext second = start(other);
        JMSContext gateway = gateway(second)) {
      JMSConsumer consumer = gateway.createConsumer(gateway.createQueue("email.outbound"));
      assertThat(consumer.receive(SOON).getBody(String.class)).isEqualTo("kept");
    }
  }

  private static ConfigurableApplicationContext start(Path dir, String... settings) {
    return new SpringApplicationBuilder(BrokerAlone.class)
        .web(WebApplicationType.NONE)
        .properties(settings)
        .properties(
            "spring.config.location=optional:file:/nowhere/",
            "logging.level.org.apache.activemq.audit=off",
            "spring.datasource.url=elsewhere",
            "spring.data.redis.url=elsewhere",
            "byo.data-dir=" + dir,
            "byo.broker.amqp-port=0",
            "byo.broker.stomp-port=0")
        .run();
  }

  private static ActiveMQServer server() {
    return context.getBean(EmbeddedActiveMQ.class).getActiveMQServer();
  }

  private static int port(ConfigurableApplicationContext where, String acceptor) {
    return where
        .getBean(EmbeddedActiveMQ.class)
        .getConfiguration()
        .getAcceptorConfigurations()
        .stream()
        .filter(a -> acceptor.equals(a.getName()))
        .map(a -> Integer.parseInt(a.getParams().get("port").toString()))
        .findFirst()
        .orElseThrow();
  }

  private static String password(ConfigurableApplicationContext where) {
    return where.getBean(BrokerSettings.class).producerPassword();
  }

  private static StompClient producer() throws Exception {
    return producer(context);
  }

  private static StompClient producer(ConfigurableApplicationContext where) throws Exception {
    return StompClient.connected(
        port(where, BrokerAcceptors.STOMP), BrokerUsers.PRODUCER, password(where));
  }

  private static JMSContext gateway() {
    return gateway(context);
  }

  private static JMSContext gateway(ConfigurableApplicationContext where) {
    return where.getBean(ConnectionFactory.class).createContext();
  }

  @Test
  void producerOvertakesNobodyAndLeavesNothingBehind() throws Exception {
    try (StompClient producer = producer();
        JMSContext gateway = gateway()) {
      producer.send("email.outbound", "first");
      producer.send(
          "email.outbound",
          "second",
          Map.of("priority", "9", "expires", "1", "AMQ_SCHEDULED_DELAY", "3600000"));

      JMSConsumer consumer = gateway.createConsumer(gateway.createQueue("email.outbound"));

      assertThat(consumer.receive(SOON).getBody(String.class)).isEqualTo("first");
      Message second = consumer.receive(SOON);
      assertThat(second.getBody(String.class)).isEqualTo("second");
      assertThat(second.getJMSPriority()).isEqualTo(4);
      assertThat(second.getJMSExpiration()).isZero();
    }
  }

  @Test
  void severalUsersNeedTheirOrganisations(@TempDir Path other) {
    assertThatThrownBy(() -> start(other, "byo.broker.users.acme-user=secret").close())
        .rootCause()
        .isInstanceOfSatisfying(
            EmbeddedPartFailed.class,
            reason -> {
              assertThat(reason).hasMessageContaining("byo.broker.organizations");
              assertThat(reason.remedy()).contains("byo.broker.organizations.producer");
            });
    assertThatThrownBy(
            () ->
                start(
                        other,
                        "byo.broker.users.acme-user=secret",
                        "byo.broker.organizations.producer=*")
                    .close())
        .rootCause()
        .isInstanceOfSatisfying(
            EmbeddedPartFailed.class,
            reason -> assertThat(reason.remedy()).contains("byo.broker.organizations.acme-user"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.b", "gateway", "platform", "producer", "#", "*"})
  void userWhoseNameMeansSomethingElseStopsTheStart(String name, @TempDir Path other) {
    assertThatThrownBy(
            () ->
                start(
                        other,
                        "byo.broker.users.[" + name + "]=secret",
                        "byo.broker.organizations.[" + name + "]=acme",
                        "byo.broker.organizations.producer=*")
                    .close())
        .rootCause()
        .isInstanceOf(EmbeddedPartFailed.class)
        .hasMessageContaining("byo.broker.users");
  }

  // No @Configuration: other tests' scans would find it.
  @ImportAutoConfiguration({ArtemisAutoConfiguration.class, JmsAutoConfiguration.class})
  @EnableConfigurationProperties({DataSettings.class, EmbeddedSettings.class, BrokerSettings.class})
  @Import({EmbeddedConfiguration.class, BrokerConfiguration.class})
  static class BrokerAlone {}
}
