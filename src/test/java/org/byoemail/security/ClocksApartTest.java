package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.spring.boot.CamelAutoConfiguration;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Protocol;
import org.byoemail.outbound.delivery.AccountLimits;
import org.byoemail.outbound.delivery.OutboundFixtures;
import org.byoemail.outbound.delivery.SendingParts;
import org.byoemail.platform.cluster.SendingNodes;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.TestDatabase;
import org.byoemail.support.TestRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Two nodes that send by the shipped routes over one database, one with its clock five minutes
 * behind, one five ahead.
 */
class ClocksApartTest {
  private static final Duration APART = Duration.ofMinutes(5);
  private static final int MAILS = 15;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration CLAIM_TTL = Duration.ofSeconds(5);
  private static final String OFFSET = "test.clock.offset";

  private static ConfigurableApplicationContext behind;
  private static ConfigurableApplicationContext ahead;

  private final OutboundFixtures fixtures = ahead.getBean(OutboundFixtures.class);
  private final JdbcClient jdbc = ahead.getBean(JdbcClient.class);
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
  static class Node {
    @Bean
    Clock clock(Environment settings) {
      return Clock.offset(Clock.systemUTC(), settings.getRequiredProperty(OFFSET, Duration.class));
    }
  }

  @BeforeAll
  static void start(@TempDir java.nio.file.Path contents) {
    Map<String, Object> settings = new HashMap<>();
    TestDatabase.register((name, value) -> settings.put(name, value.get()), "clocks_apart");
    TestRedis.register((name, value) -> settings.put(name, value.get()));
    settings.put("byo.secret.keyset", AccountFixtures.KEY);
    settings.put("byo.api.admin-key", "not-used-0123456789abcdef0123");
    settings.put("byo.console.password", "not-used-0123456789");
    settings.put("byo.connection.allowed-networks", "127.0.0.0/8,::1/128");
    settings.put("byo.content.dir", contents.toString());
    settings.put("byo.outbound.claim-ttl", CLAIM_TTL.toSeconds() + "s");
    settings.put(
        "camel.main.routes-include-pattern",
        "file:routes/error-handling.camel.yaml,file:routes/outbound/claim.camel.yaml,"
            + "file:routes/outbound/send.camel.yaml");
    settings.put("byo.routes.reload", "false");
    behind = node("behind", APART.negated(), settings);
    ahead = node("ahead", APART, settings);
  }

  private static ConfigurableApplicationContext node(
      String name, Duration offset, Map<String, Object> settings) {
    List<String> arguments = new ArrayList<>();
    settings.forEach((key, value) -> arguments.add("--" + key + "=" + value));
    arguments.add("--camel.main.name=" + name);
    arguments.add("--" + OFFSET + "=" + offset);
    return new SpringApplicationBuilder(Node.class)
        .web(WebApplicationType.NONE)
        .run(arguments.toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    Stream.of(behind, ahead)
        .filter(Objects::nonNull)
        .forEach(ConfigurableApplicationContext::close);
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void nothingAliveIsTakenOverAndNothingLeavesTwice() {
    server.answer(ScriptedSmtpServer.END_OF_DATA, ScriptedSmtpServer.HELD);
    // Each node has its share of an account then, and no more is at one server than it may have.
    await("nodes that know of each other")
        .atMost(PATIENCE)
        .until(
            () ->
                Stream.of(behind, ahead)
                    .allMatch(node -> node.getBean(SendingNodes.class).count() == 2));
    List<UUID> messages = messages(accounts(5), MAILS / 5);
    await("all are being sent").atMost(PATIENCE).until(() -> server.mails().size() == MAILS);
    int nodes = count("SELECT count(DISTINCT claimed_by) FROM outbound_delivery");
    Instant end = Instant.now().plus(CLAIM_TTL.multipliedBy(2));

    // The first claims have run out and were renewed, or all that is claimed has been lost.
    await("claims older than they last")
        .atMost(PATIENCE)
        .until(() -> attempts(messages).anyMatch(a -> !a.equals("SENDING")) || renewedBeyond(end));
    List<String> meanwhile = attempts(messages).distinct().toList();
    server.release();
    await("all are sent").atMost(PATIENCE).until(() -> messages.stream().allMatch(this::isSent));

    assertThat(nodes).isEqualTo(2);
    assertThat(meanwhile).containsExactly("SENDING");
    assertThat(messages)
        .allSatisfy(one -> assertThat(fixtures.attempts(one)).containsExactly("SENT accepted"));
    assertThat(server.mails()).hasSize(MAILS);
  }

  @Test
  void deferredMailWaitsItsMinuteWhicheverNodeTriedIt() {
    server.answer("RCPT", "451 4.3.0 later");

    List<UUID> messages = messages(accounts(8), 3);
    await("all are deferred")
        .atMost(PATIENCE)
        .until(() -> messages.stream().allMatch(one -> fixtures.status(one).equals("deferred")));

    assertThat(
            jdbc.sql(
                    """
                    SELECT extract(epoch FROM d.due_at - a.failed_at)::int FROM outbound_delivery d
                      JOIN outbound_message_attempt a ON a.message_id = d.message_id AND a.try_number = 1
                    """)
                .query(Integer.class)
                .list())
        .hasSize(24)
        .allSatisfy(seconds -> assertThat(seconds).isBetween(40, 90));
    assertThat(count("SELECT count(*) FROM outbound_delivery WHERE due")).isZero();
  }

  @Test
  void backoffThatOneNodeBeganHoldsForTheOther() {
    for (ConfigurableApplicationContext node : List.of(behind, ahead)) {
      Account failing = fixtures.account(server.port(), null);
      node.getBean(AccountHealthRepository.class).failed(failing, Protocol.SMTP, "535 no");
      Account waiting = fixtures.account(server.port(), null);
      node.getBean(AccountLimits.class)
          .waitFor(waiting.id(), Duration.ofMinutes(2), "its limit is used up");
      List<UUID> held = messages(List.of(failing, waiting), 1);

      List<UUID> others = messages(accounts(4), 5);
      await("others are sent").atMost(PATIENCE).until(() -> others.stream().allMatch(this::isSent));

      assertThat(held)
          .allSatisfy(one -> assertThat(fixtures.attempts(one)).containsExactly("QUEUED"));
      assertThat(
              Stream.of(behind, ahead)
                  .map(
                      one ->
                          one.getBean(AccountHealthRepository.class)
                              .backoffLeft(failing.id(), Protocol.SMTP)))
          .allSatisfy(
              left -> assertThat(left).isBetween(Duration.ofSeconds(60), Duration.ofMinutes(2)));
      assertThat(ahead.getBean(AccountLimits.class).of(waiting).nextSendAt()).isNotNull();
    }
  }

  private List<Account> accounts(int count) {
    return Stream.generate(() -> fixtures.account(server.port(), null)).limit(count).toList();
  }

  private List<UUID> messages(List<Account> accounts, int each) {
    Instant dueAt = Instant.now();
    return accounts.stream()
        .flatMap(account -> Stream.generate(() -> account).limit(each))
        .map(account -> fixtures.message(account, dueAt, "ben@example.test"))
        .toList();
  }

  private Stream<String> attempts(List<UUID> messages) {
    return messages.stream().flatMap(one -> fixtures.attempts(one).stream());
  }

  private boolean isSent(UUID message) {
    return fixtures.status(message).equals("sent");
  }

  private boolean renewedBeyond(Instant end) {
    return count(
            "SELECT count(*) FROM outbound_delivery WHERE claimed_until > timestamptz '"
                + end
                + "'")
        == MAILS;
  }

  private int count(String sql) {
    return jdbc.sql(sql).query(Integer.class).single();
  }
}
