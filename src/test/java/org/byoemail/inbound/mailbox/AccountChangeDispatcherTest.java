package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.CamelContext;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.support.FreePorts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import redis.embedded.RedisServer;

/** Nodes tell each other of changed accounts by Redis, and start without it. */
@MailboxTest
@TestPropertySource(
    properties = {
      "byo.mailbox.reconcile-interval=1h",
      "camel.main.routes-include-pattern="
          + "file:routes/error-handling.camel.yaml,file:routes/account/changed.camel.yaml"
    })
class AccountChangeDispatcherTest {
  private static final int PORT = FreePorts.next();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Autowired MailboxFixture fixture;
  @Autowired Accounts accounts;
  @Autowired ReconciliationLoop reconciliationLoop;
  @Autowired MailboxWatchers watchers;
  @Autowired CamelContext camel;
  @Autowired StringRedisTemplate redis;
  @Autowired RedisConnectionFactory connections;
  @Autowired JdbcClient jdbc;

  private RedisServer server;

  @DynamicPropertySource
  static void redis(DynamicPropertyRegistry registry) {
    registry.add("spring.data.redis.host", () -> "127.0.0.1");
    registry.add("spring.data.redis.port", () -> PORT);
  }

  @AfterEach
  void stop() throws IOException {
    reconciliationLoop.stop();
    if (server != null) {
      server.stop();
    }
  }

  @Test
  void programStartsWithoutRedisAndHearsOtherNodesWhenItIsThere() throws Exception {
    assertThat(camel.isStarted()).isTrue();
    Account account = fixture.account();
    reconciliationLoop.start(mail -> {}, true);

    server =
        RedisServer.builder().port(PORT).setting("bind 127.0.0.1").setting("save \"\"").build();
    server.start();
    await()
        .atMost(PATIENCE)
        .until(() -> camel.getRouteController().getRouteStatus("account-changed").isStarted());
    enableElsewhere(account);
    redis.convertAndSend(
        AccountChangeBroadcast.CHANNEL, AccountChangeBroadcast.CHANGED + account.id());

    await()
        .atMost(PATIENCE)
        .until(() -> watchers.states(account.id()).stream().findFirst().isPresent());
  }

  @Test
  void noticesAreHeardAgainAfterRedisWasAway() throws Exception {
    server =
        RedisServer.builder().port(PORT).setting("bind 127.0.0.1").setting("save \"\"").build();
    server.start();
    await()
        .atMost(PATIENCE)
        .until(() -> camel.getRouteController().getRouteStatus("account-changed").isStarted());
    reconciliationLoop.start(mail -> {}, true);
    Account account = fixture.account();
    await().atMost(PATIENCE).ignoreExceptions().until(() -> redis.hasKey("any") != null);

    server.stop();
    server.start();
    enableElsewhere(account);

    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              redis.convertAndSend(
                  AccountChangeBroadcast.CHANNEL, AccountChangeBroadcast.CHANGED + account.id());
              return watchers.states(account.id()).stream().findFirst().isPresent();
            });
  }

  @Test
  void changeIsToldToThisNodeAndToTheOthers() throws Exception {
    server =
        RedisServer.builder().port(PORT).setting("bind 127.0.0.1").setting("save \"\"").build();
    server.start();
    List<String> heard = new CopyOnWriteArrayList<>();
    RedisMessageListenerContainer others = new RedisMessageListenerContainer();
    others.setConnectionFactory(connections);
    others.afterPropertiesSet();
    others.addMessageListener(
        (message, pattern) -> heard.add(new String(message.getBody())),
        new ChannelTopic(AccountChangeBroadcast.CHANNEL));
    others.start();
    reconciliationLoop.start(mail -> {}, true);
    Account account = fixture.account();
    enableElsewhere(account);
    await().atMost(PATIENCE).ignoreExceptions().until(() -> redis.hasKey("any") != null);

    accounts.pause(account.id());
    accounts.resume(account.id());

    await()
        .atMost(PATIENCE)
        .until(() -> heard.contains(AccountChangeBroadcast.CHANGED + account.id()));
    await()
        .atMost(PATIENCE)
        .until(() -> watchers.states(account.id()).stream().findFirst().isPresent());
    others.destroy();
  }

  @Test
  void mailboxIsLetGoUntilItsOwnerHasConsentedAgain() throws Exception {
    server =
        RedisServer.builder().port(PORT).setting("bind 127.0.0.1").setting("save \"\"").build();
    server.start();
    reconciliationLoop.start(mail -> {}, true);
    Account account = fixture.account();
    enableElsewhere(account);
    await().atMost(PATIENCE).ignoreExceptions().until(() -> redis.hasKey("any") != null);
    accounts.enable(account.id(), Protocol.IMAP, true);
    await().atMost(PATIENCE).until(() -> isWatched(account));

    accounts.needReauthorization(account.id());
    await().atMost(PATIENCE).until(() -> !isWatched(account));
    accounts.reauthorized(account.id());

    await().atMost(PATIENCE).until(() -> isWatched(account));
  }

  /** A mailbox of an account that a person stopped is shown as paused, and held by nobody. */
  private boolean isWatched(Account account) {
    return watchers.states(account.id()).stream()
        .anyMatch(status -> status.state() != MailboxState.PAUSED);
  }

  /** Another node enables it, so that nobody tells this one in its own process. */
  private void enableElsewhere(Account account) {
    jdbc.sql(
            "UPDATE agent_email_account SET imap_verified_at = now(), inbound_enabled = true WHERE id = :id")
        .param("id", account.id().value())
        .update();
  }
}
