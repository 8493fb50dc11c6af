package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spring.boot.CamelAutoConfiguration;
import org.apache.camel.support.DefaultExchange;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.Messages;
import org.byoemail.platform.hook.HookPoint;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.TestDatabase;
import org.byoemail.support.TestHooks;
import org.byoemail.support.WithoutMockBeans;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistrar;

/** The shipped routes that claim and send, with a database and a mail server. */
@WithoutMockBeans
@SpringBootTest(
    classes = OutboundRoutesTest.Context.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "byo.secret.keyset=" + AccountFixtures.KEY,
      "byo.connection.allowed-networks=127.0.0.0/8,::1/128",
      "byo.outbound.own-trouble-delay=1s",
      "camel.main.routes-include-pattern=file:routes/error-handling.camel.yaml,"
          + "file:routes/outbound/claim.camel.yaml,file:routes/outbound/send.camel.yaml",
      "byo.routes.reload=false",
    })
// Its routes would go on claiming while other tests run.
@DirtiesContext
class OutboundRoutesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final OutboundFixtures fixtures;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();

  @Import(SendingParts.class)
  @ImportAutoConfiguration(CamelAutoConfiguration.class)
  @ComponentScan(
      basePackages = {
        "org.byoemail.outbound.delivery.camel",
        "org.byoemail.outbound.submission.camel"
      },
      // There is no broker.
      excludeFilters =
          @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*UndecodedSubmissions"))
  static class Context {
    @Bean
    DynamicPropertyRegistrar database() {
      return registry -> TestDatabase.register(registry, "outbound_routes");
    }

    @Bean
    Clock clock() {
      return Clock.systemUTC();
    }
  }

  @Autowired
  OutboundRoutesTest(OutboundFixtures fixtures) {
    this.fixtures = fixtures;
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
  }

  @AfterEach
  void close(@Autowired TestHooks hooks) {
    hooks.clear();
    server.close();
  }

  @Test
  void everyDueMessageLeavesOnce() {
    List<UUID> messages = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Account account = fixtures.account(server.port(), null);
      for (int j = 0; j < 20; j++) {
        messages.add(fixtures.message(account, "ben" + j + "@example.test"));
      }
    }

    messages.forEach(message -> awaitStatus(message, "sent"));

    assertThat(server.mails()).hasSize(100);
    assertThat(messages)
        .allSatisfy(
            message -> assertThat(fixtures.attempts(message)).containsExactly("SENT accepted"));
  }

  @Test
  void mailWithoutTransportFails() {
    UUID message = fixtures.message(null, "ben@example.test");

    awaitStatus(message, "failed");

    assertThat(fixtures.lastAttempt(message).get("error_code")).isEqualTo("no_transport");
  }

  @Test
  void mailOfASenderThatGotAnAccountSinceIsHandedToIt() {
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");

    awaitStatus(message, "sent");

    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void mailThatCannotBeComposedWaitsAndSpoilsNothing() {
    Account account = fixtures.account(server.port(), null);
    // Due in a minute, and then at once, or it might leave before it has the attachment.
    UUID broken =
        fixtures.message(account, Instant.now().plus(Duration.ofMinutes(1)), "ben@example.test");
    fixtures.attachMissingContent(broken);
    fixtures.makeDue(broken);
    UUID sound = fixtures.message(account, "ben@example.test");

    awaitStatus(sound, "sent");
    await().atMost(PATIENCE).until(() -> fixtures.lastAttempt(broken).get("error_code") != null);

    assertThat(fixtures.lastAttempt(broken).get("error_code")).isEqualTo("internal");
    assertThat(fixtures.recipients(broken)).doesNotContain("failed");
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void logStepShowsTheIdOfAMailAndDoesNotReadIt(
      @Autowired CamelContext camel, @Autowired Messages messages) {
    UUID id = fixtures.message(null, "ben@example.test");
    OutgoingMail mail =
        new OutgoingMail(
            new Claim(
                new StoredMessageId(id),
                id,
                AttemptId.next(),
                1,
                null,
                0,
                false,
                0,
                null,
                false,
                null,
                false),
            messages.find(new StoredMessageId(id)).orElseThrow(),
            null,
            OutgoingMail.Transport.NONE,
            List.of(),
            List.of(),
            false);
    Exchange exchange = new DefaultExchange(camel);
    exchange.getMessage().setBody(mail);

    String logged =
        camel
            .resolveLanguage("simple")
            .createExpression("${body}")
            .evaluate(exchange, String.class);

    assertThat(logged).isEqualTo("mail of message " + id);
  }

  @Test
  void mailThatAHookRefusesFailsAndIsNotSent(@Autowired TestHooks hooks) {
    Account account = fixtures.account(server.port(), null);
    hooks.set(
        HookPoint.BEFORE_SEND,
        body ->
            body.get("recipients").equals(List.of("ben@example.test"))
                ? Map.of("action", "refuse", "reason", "secret inside")
                : null);

    UUID refused = fixtures.message(account, "ben@example.test");
    UUID sent = fixtures.message(account, "eve@example.test");

    awaitStatus(refused, "failed");
    awaitStatus(sent, "sent");
    assertThat(fixtures.lastAttempt(refused).get("error_code")).isEqualTo("hook");
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void hookIsToldTheResultOfEachAttempt(@Autowired TestHooks hooks) {
    Account account = fixtures.account(server.port(), null);
    List<Map<String, Object>> told = new CopyOnWriteArrayList<>();
    hooks.set(
        HookPoint.AFTER_SEND,
        body -> {
          told.add(body);
          throw new IllegalStateException("fails, to no effect");
        });

    UUID message = fixtures.message(account, "ben@example.test");

    awaitStatus(message, "sent");
    await().atMost(PATIENCE).until(() -> told.size() == 1);
    assertThat(told.get(0))
        .containsEntry("id", message.toString())
        .containsEntry("outcome", "accepted")
        .containsEntry("transport", "smtp");
    assertThat(told.get(0).get("recipients").toString())
        .contains("address=ben@example.test")
        .contains("outcome=accepted");
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void mailWaitsWhileItsHookFailsAndIsSentOnceAfterwards(@Autowired TestHooks hooks) {
    Account account = fixtures.account(server.port(), null);
    hooks.set(
        HookPoint.BEFORE_SEND,
        body -> {
          throw new IllegalStateException("the filter is away");
        });
    UUID message = fixtures.message(account, "ben@example.test");
    await().atMost(PATIENCE).until(() -> fixtures.lastAttempt(message).get("error_code") != null);
    assertThat(fixtures.lastAttempt(message).get("error_code")).isEqualTo("internal");
    assertThat(server.mails()).isEmpty();

    hooks.clear();

    awaitStatus(message, "sent");
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void mailWaitsWhileItsRouteIsStoppedOrSuspendedOverJmx(@Autowired CamelContext camel)
      throws Exception {
    MBeanServer jmx = ManagementFactory.getPlatformMBeanServer();
    ObjectName route =
        jmx
            .queryNames(
                new ObjectName("org.apache.camel:type=routes,name=\"outbound-claim\",*"), null)
            .stream()
            .filter(name -> name.getKeyProperty("context").equals(camel.getManagementName()))
            .findFirst()
            .orElseThrow();
    Account account = fixtures.account(server.port(), null);
    for (List<String> steps : List.of(List.of("stop", "start"), List.of("suspend", "resume"))) {
      jmx.invoke(route, steps.get(0), new Object[0], new String[0]);
      UUID message = fixtures.message(account, "ben@example.test");
      int sent = server.mails().size();

      // Nothing claims it: it would be gone within the interval of claims.
      await()
          .during(Duration.ofMillis(600))
          .atMost(Duration.ofSeconds(5))
          .until(() -> fixtures.status(message).equals("queued") && server.mails().size() == sent);
      jmx.invoke(route, steps.get(1), new Object[0], new String[0]);

      awaitStatus(message, "sent");
    }
    assertThat(server.mails()).hasSize(2);
  }

  private void awaitStatus(UUID message, String status) {
    await("message is " + status)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> fixtures.status(message).equals(status));
  }
}
