package org.byoemail.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.inbound.mailbox.SimulatedLogins;
import org.byoemail.platform.lease.SimulatedNode;
import org.byoemail.support.RedisProcess;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * A million mailboxes on a hundred nodes: the scripts of the program on a real Redis and its
 * decisions about shares, in the time of a model in which all nodes act once in a heartbeat. Who
 * holds what is kept here instead of in PostgreSQL.
 */
final class SimulateBench implements Bench {
  private static final Duration WHOLE_RUN = Duration.ofHours(6);
  private static final double HEARTBEAT_SECONDS = 2;
  private static final double RENEWAL_SECONDS = 10;
  private static final int REBALANCE_BATCH = 100;
  private static final int ROUNDS_BETWEEN_GIFTS = 2;
  private static final int MAX_ROUNDS = 5_000;

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int mailboxes = options.number("mailboxes", 1_000_000);
    int nodes = options.number("nodes", 100);
    RedisProcess redis = new RedisProcess(Files.createDirectories(dir.resolve("redis")));
    redis.start();
    LettuceConnectionFactory connections =
        new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", redis.port()));
    connections.afterPropertiesSet();
    connections.start();
    try {
      Model model = new Model(new StringRedisTemplate(connections), mailboxes);
      report.figure("mailboxes", mailboxes);
      report.figure("nodes", nodes);
      model.join();
      model.settle();
      for (int i = 1; i < nodes; i++) {
        model.join();
      }
      settle("the others join one that has all", model, redis, report);
      model.freeAll();
      settle("all start at once", model, redis, report);
      renewals(model, redis, mailboxes, report);
      model.join();
      settle("a node joins", model, redis, report);
      for (int i = 0; i < nodes / 10; i++) {
        model.crash();
      }
      settle("a tenth of the nodes crashes", model, redis, report);
      report.figure("odd leases at the end", model.renew());
      logins(mailboxes / nodes, report);
    } finally {
      connections.destroy();
      redis.close();
    }
  }

  private static void settle(String name, Model model, RedisProcess redis, Report report) {
    long cpu = ProcessTimes.millis(redis.pid());
    model.moved = 0;
    int rounds = model.settle();
    report.figure(name + ": heartbeats until nobody is short", rounds);
    report.figure(name + ": model time.s", rounds * HEARTBEAT_SECONDS);
    report.figure(name + ": mailboxes taken", model.moved);
    report.figure(name + ": CPU of Redis.s", (ProcessTimes.millis(redis.pid()) - cpu) / 1e3);
    report.figure(name + ": fewest and most", model.spread());
  }

  private static void renewals(Model model, RedisProcess redis, int mailboxes, Report report) {
    long cpu = ProcessTimes.millis(redis.pid());
    long start = System.nanoTime();
    int odd = model.renew();
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpuSeconds = (ProcessTimes.millis(redis.pid()) - cpu) / 1e3;
    if (odd > 0) {
      throw new IllegalStateException(odd + " leases were lost without a cause");
    }
    report.figure("renewals a second, needed", mailboxes / RENEWAL_SECONDS);
    report.figure("renewals a second, reached by one client", mailboxes / seconds);
    report.figure("renewals: share of a core of Redis", cpuSeconds / RENEWAL_SECONDS);
    report.figure("renewals: scripts a second, needed", mailboxes / 500.0 / RENEWAL_SECONDS);
  }

  /** A third of a node's mailboxes are at one host, which was away and is back. */
  private static void logins(int mailboxes, Report report) {
    for (int latency : new int[] {100, 500, 2000}) {
      Duration all =
          SimulatedLogins.connect(
              mailboxes / 3, 8, Duration.ofMillis(50), Duration.ofMillis(latency));
      report.figure(
          "logins of a node to one host after an outage, " + latency + " ms each: all back after.s",
          all.toSeconds());
      report.figure(
          "logins of a node to one host after an outage, " + latency + " ms each: a second",
          mailboxes / 3.0 / all.toSeconds());
    }
  }

  /** All nodes, and who holds what. */
  private static final class Model {
    private final StringRedisTemplate redis;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private List<MailboxId> free = new ArrayList<>();
    private int joined;
    private long moved;

    Model(StringRedisTemplate redis, int mailboxes) {
      this.redis = redis;
      for (int i = 0; i < mailboxes; i++) {
        free.add(MailboxId.next());
      }
    }

    void join() {
      nodes.add(new SimulatedNode(redis, "node-" + joined++, WHOLE_RUN));
    }

    void freeAll() {
      nodes.forEach(node -> free.addAll(node.give(node.held())));
    }

    void crash() {
      free.addAll(nodes.remove(0).crash());
    }

    /** Heartbeats until nothing is free and nobody is short; how many those were. */
    int settle() {
      for (int round = 1; round < MAX_ROUNDS; round++) {
        nodes.forEach(SimulatedNode::beat);
        nodes.forEach(this::take);
        long lacking = 0;
        for (SimulatedNode node : nodes) {
          lacking += node.noteWants(free.size());
        }
        if (free.isEmpty() && lacking == 0) {
          return round;
        }
        if (round % ROUNDS_BETWEEN_GIFTS == 0) {
          int before = free.size();
          List<MailboxId> given = new ArrayList<>();
          nodes.forEach(
              node -> given.addAll(node.give(node.rebalanceQuota(before, REBALANCE_BATCH))));
          free.addAll(given);
        }
      }
      throw new IllegalStateException("the nodes do not come to rest");
    }

    private void take(SimulatedNode node) {
      long room = Math.min(node.capacity(free.size()), free.size());
      if (room == 0) {
        return;
      }
      // Its own part of them first, as the statement that finds them has it.
      List<MailboxId> wanted = new ArrayList<>();
      for (boolean own : new boolean[] {true, false}) {
        for (MailboxId mailbox : free) {
          boolean its = Math.floorMod(mailbox.hashCode(), nodes.size()) == node.position();
          if (its == own && wanted.size() < room) {
            wanted.add(mailbox);
          }
        }
      }
      Set<MailboxId> taken = node.take(wanted);
      moved += taken.size();
      free.removeIf(taken::contains);
    }

    int renew() {
      return nodes.stream().mapToInt(SimulatedNode::renew).sum();
    }

    String spread() {
      return nodes.stream().mapToInt(SimulatedNode::held).min().orElse(0)
          + " "
          + nodes.stream().mapToInt(SimulatedNode::held).max().orElse(0);
    }
  }
}
