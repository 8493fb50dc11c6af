package org.byoemail.platform.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.platform.cluster.ClusterFixtures;
import org.byoemail.platform.cluster.NodeIdentity;
import org.byoemail.support.FreePorts;
import org.byoemail.support.TestDatabase;
import org.byoemail.support.WithoutMockBeans;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionTemplate;
import redis.embedded.RedisServer;

/** Several nodes on one Redis and one PostgreSQL, both real. */
@WithoutMockBeans
@SpringBootTest(
    classes = LeasesTest.Application.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE)
class LeasesTest {
  private static final int PORT = FreePorts.next();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration TTL = Duration.ofSeconds(2);

  @Autowired JdbcClient jdbc;
  @Autowired StringRedisTemplate redis;
  @Autowired RedisConnectionFactory connections;
  @Autowired TransactionTemplate transactions;
  @Autowired MailboxFences fences;

  private final List<Node> nodes = new ArrayList<>();
  private RedisServer server;

  @ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    TransactionAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    JdbcClientAutoConfiguration.class,
    FlywayAutoConfiguration.class,
    RedisAutoConfiguration.class
  })
  @Import(RedisClientConfiguration.class)
  @ComponentScan(
      basePackages = "org.byoemail.inbound.mailbox",
      useDefaultFilters = false,
      includeFilters = @Filter(type = FilterType.REGEX, pattern = ".*\\.MailboxFenceRows"))
  static class Application {}

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    TestDatabase.register(registry);
    registry.add("spring.data.redis.host", () -> "127.0.0.1");
    registry.add("spring.data.redis.port", () -> PORT);
  }

  @BeforeEach
  void startRedis() {
    server =
        RedisServer.builder().port(PORT).setting("bind 127.0.0.1").setting("save \"\"").build();
    server.start();
    await().atMost(PATIENCE).ignoreExceptions().until(() -> redis.hasKey("any") != null);
  }

  @AfterEach
  void stop() throws Exception {
    nodes.forEach(Node::thaw);
    nodes.forEach(node -> node.leases.leave());
    server.stop();
  }

  @Test
  void mailboxIsOneNodesAtATime() {
    Node one = node();
    Node two = node();
    List<MailboxId> mailboxes = mailboxes(1200);

    List<Lease> first = one.acquire(mailboxes.subList(0, 800));
    List<Lease> second = two.acquire(mailboxes);

    assertThat(first).hasSize(800);
    assertThat(second).hasSize(400);
    assertThat(one.leases.held()).isEqualTo(800);
    assertThat(first).allMatch(one.leases::isHeld).noneMatch(two.leases::isHeld);
  }

  @Test
  void whatIsReleasedIsTakenAtOnceWithANewFence() {
    Node one = node();
    Node two = node();
    List<MailboxId> mailboxes = mailboxes(3);
    List<Lease> before = one.acquire(mailboxes);

    one.leases.release(mailboxes);
    List<Lease> after = two.acquire(mailboxes);

    assertThat(after).extracting(Lease::mailbox).containsExactlyInAnyOrderElementsOf(mailboxes);
    assertThat(before).noneMatch(this::isCurrent);
    assertThat(after).allMatch(this::isCurrent);
    assertThat(takenOver(mailboxes)).isZero();
  }

  @Test
  void leasesOfALivingNodeOutlastTheirTime() {
    Node one = node();
    Node two = node();
    List<MailboxId> mailboxes = mailboxes(600);
    one.acquire(mailboxes);

    await()
        .during(TTL.multipliedBy(2))
        .atMost(PATIENCE)
        .until(() -> two.acquire(mailboxes).isEmpty());

    assertThat(one.lost).isEmpty();
  }

  @Test
  void leasesOfADeadNodeAreFreeWhenTheirTimeIsOver() {
    Node dead = node();
    Node two = node();
    List<MailboxId> mailboxes = mailboxes(5);
    dead.acquire(mailboxes);

    dead.freeze();

    await().atMost(PATIENCE).until(() -> gone(two).contains(dead.id()));
    await().atMost(PATIENCE).until(() -> two.acquire(mailboxes).size() == 5);
    assertThat(takenOver(mailboxes)).isEqualTo(5);
  }

  @Test
  void frozenNodeFindsOutWhatItLostWhenItWakes() {
    Node frozen = node();
    Node two = node();
    List<MailboxId> mailboxes = mailboxes(5);
    List<Lease> leases = frozen.acquire(mailboxes);

    frozen.freeze();
    await().atMost(PATIENCE).until(() -> two.acquire(mailboxes).size() == 5);
    assertThat(leases).noneMatch(this::isCurrent);
    frozen.thaw();

    await().atMost(PATIENCE).until(() -> frozen.lost.containsAll(mailboxes));
    assertThat(leases).noneMatch(frozen.leases::isHeld);
    assertThat(frozen.leases.held()).isZero();
  }

  @Test
  void redisAwayTakesNothingFromItsHolderAndGivesNothingToOthers() throws Exception {
    Node one = node();
    Node two = node();
    List<MailboxId> held = mailboxes(5);
    List<MailboxId> free = mailboxes(5);
    List<Lease> leases = one.acquire(held);

    server.stop();
    await().atMost(PATIENCE).until(() -> two.leases.members().isEmpty());

    assertThatThrownBy(() -> two.acquire(free)).isInstanceOf(DataAccessException.class);
    assertThat(leases).allMatch(one.leases::isHeld).allMatch(this::isCurrent);
    server.start();
    await().atMost(PATIENCE).until(() -> two.leases.members().isPresent());
    await().atMost(PATIENCE).until(() -> two.acquire(free).size() == 5);
  }

  @Test
  void emptiedRedisIsToldAgainByTheHoldersBeforeAnybodyTakesFromThem() {
    Node one = node();
    Node two = node();
    List<MailboxId> mailboxes = mailboxes(700);
    List<Lease> leases = one.acquire(mailboxes);

    redis.execute(
        (RedisCallback<Void>)
            connection -> {
              connection.serverCommands().flushAll();
              return null;
            });

    await()
        .atMost(PATIENCE)
        .until(() -> two.leases.members().filter(m -> !m.settled()).isPresent());
    assertThat(gone(two)).isEmpty();
    await().atMost(PATIENCE).until(() -> keys() == 700);
    assertThat(two.acquire(mailboxes)).isEmpty();
    assertThat(leases).allMatch(one.leases::isHeld).allMatch(this::isCurrent);
    await()
        .atMost(PATIENCE)
        .until(() -> two.leases.members().filter(ClusterMembers::settled).isPresent());
    assertThat(one.lost).isEmpty();
  }

  @Test
  void nodesThatReachForTheSameAtTheSameTimeGetEachMailboxOnce() {
    List<MailboxId> mailboxes = mailboxes(400);
    Set<MailboxId> taken = ConcurrentHashMap.newKeySet();
    AtomicInteger doubled = new AtomicInteger();

    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Node node = node();
      threads.add(
          new Thread(
              () ->
                  node.acquire(mailboxes)
                      .forEach(
                          lease -> {
                            if (!taken.add(lease.mailbox())) {
                              doubled.incrementAndGet();
                            }
                          })));
    }
    threads.forEach(Thread::start);
    await().atMost(PATIENCE).until(() -> threads.stream().noneMatch(Thread::isAlive));

    assertThat(taken).containsExactlyInAnyOrderElementsOf(mailboxes);
    assertThat(doubled).hasValue(0);
  }

  @Test
  void rowThatSomebodyHasLockedIsLeftForLaterAndNotWaitedFor() {
    Node one = node();
    List<MailboxId> mailboxes = mailboxes(3);
    AtomicInteger taken = new AtomicInteger(-1);

    transactions.executeWithoutResult(
        status -> {
          jdbc.sql("SELECT 1 FROM mailbox WHERE id = :id FOR UPDATE")
              .param("id", mailboxes.get(0).value())
              .query(Integer.class)
              .single();
          Thread other = new Thread(() -> taken.set(one.acquire(mailboxes).size()));
          other.start();
          await().atMost(PATIENCE).until(() -> !other.isAlive());
        });

    assertThat(taken).hasValue(2);
    assertThat(one.acquire(mailboxes.subList(0, 1))).hasSize(1);
  }

  @Test
  void nodeThatLeavesIsNoLongerCounted() {
    Node one = node();
    Node two = node();
    await().atMost(PATIENCE).until(() -> count(one) == 2 && count(two) == 2);

    two.leases.leaving();

    await().atMost(PATIENCE).until(() -> count(one) == 1);
    assertThat(two.leases.members()).isEmpty();
  }

  @Test
  void nodesAreZeroWithoutRedisAndNoNumberForWhoTakesNoPart() throws Exception {
    Node staying = node();
    Node leaving = node();
    await().atMost(PATIENCE).until(() -> shown(staying) == 2 && shown(leaving) == 2);

    leaving.leases.leaving();
    assertThat(shown(leaving)).isNaN();
    leaving.leases.leave();
    server.stop();

    await().atMost(PATIENCE).until(() -> shown(staying) == 0);
    assertThat(shown(leaving)).isNaN();
  }

  private static double shown(Node node) {
    return node.meters.get("byo.leases.nodes").gauge().value();
  }

  private Set<String> gone(Node node) {
    return node.leases.members().map(node.leases::gone).orElse(new HashSet<>());
  }

  private static int count(Node node) {
    return node.leases.members().map(members -> members.nodes().size()).orElse(0);
  }

  private int keys() {
    Set<String> keys = redis.keys("{byo.lease}:????????-*");
    return keys == null ? 0 : keys.size();
  }

  /** How many were taken from a node that did not let them go. */
  private int takenOver(List<MailboxId> mailboxes) {
    return jdbc.sql("SELECT count(*) FROM mailbox WHERE taken_over AND id IN (:ids)")
        .param("ids", mailboxes.stream().map(MailboxId::value).toList())
        .query(Integer.class)
        .single();
  }

  private boolean isCurrent(Lease lease) {
    return jdbc.sql("SELECT fence FROM mailbox WHERE id = :id")
            .param("id", lease.mailbox().value())
            .query(Long.class)
            .single()
        == lease.fence();
  }

  private Node node() {
    Node node = new Node();
    nodes.add(node);
    node.leases.present();
    node.leases.join(node);
    await().atMost(PATIENCE).until(() -> node.leases.members().isPresent());
    return node;
  }

  /** Mailboxes of accounts that receive. */
  private List<MailboxId> mailboxes(int count) {
    List<MailboxId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(MailboxId.next());
    }
    jdbc.sql(
            """
            WITH ids AS (SELECT unnest(:ids) AS id),
            agents AS (INSERT INTO agent (id, organization, name, created_at)
              SELECT id, 'acme', id::text, now() FROM ids RETURNING id),
            endpoints AS (INSERT INTO endpoint (id, address, owner_agent_id, created_at)
              SELECT id, id || '@example.test', id, now() FROM agents RETURNING id),
            accounts AS (INSERT INTO agent_email_account
                (id, endpoint_id, agent_id, imap_host, imap_port, imap_security, imap_auth,
                imap_verified_at, inbound_enabled, created_at, updated_at)
              SELECT id, id, id, 'localhost', 143, 'none', 'none', now(), true, now(), now()
              FROM endpoints RETURNING id)
            INSERT INTO mailbox (id, account_id, host, login, folder, created_at)
              SELECT id, id, id::text, '', 'INBOX', now() FROM accounts
            """)
        .param("ids", ids.stream().map(MailboxId::value).toArray(UUID[]::new))
        .update();
    return ids;
  }

  /** A node, and what it was told. */
  private final class Node implements LeaseListener {
    private final NodeIdentity self = ClusterFixtures.node("test");
    private final StallingRedis stalling = new StallingRedis(connections);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final Leases leases =
        new Leases(
            stalling,
            fences,
            new LeaseNodes(jdbc, self),
            settings(),
            self,
            meters,
            Clock.systemUTC());
    private final Set<MailboxId> lost = ConcurrentHashMap.newKeySet();

    private LeaseSettings settings() {
      return new LeaseSettings(TTL, TTL.dividedBy(2), 100);
    }

    String id() {
      return self.id();
    }

    List<Lease> acquire(List<MailboxId> mailboxes) {
      List<Lease> all = new ArrayList<>();
      LeaseKeys.batches(mailboxes).forEach(batch -> all.addAll(leases.acquire(batch)));
      return all;
    }

    /** It stands still, and knows nothing of it. */
    void freeze() {
      stalling.gate = new CountDownLatch(1);
    }

    void thaw() {
      stalling.gate.countDown();
    }

    @Override
    public void lost(Set<MailboxId> mailboxes) {
      lost.addAll(mailboxes);
    }

    @Override
    public void changed() {}
  }

  /** Blocks its callers until it is released. */
  private static final class StallingRedis extends StringRedisTemplate {
    private volatile CountDownLatch gate = new CountDownLatch(0);

    StallingRedis(RedisConnectionFactory connections) {
      super(connections);
    }

    @Override
    public <T> T execute(RedisScript<T> script, List<String> keys, Object... arguments) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new QueryTimeoutException("interrupted", e);
      }
      return super.execute(script, keys, arguments);
    }
  }
}
