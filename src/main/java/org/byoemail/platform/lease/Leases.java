package org.byoemail.platform.lease;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.byoemail.platform.cluster.NodeIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * The leases of this node. A key in Redis says who has a mailbox and expires with its node; a fence
 * that PostgreSQL raises and checks makes sure that an earlier holder can write nothing more. Safe
 * for use by many threads; leases are taken by one at a time.
 */
@Component
public class Leases implements DisposableBean {
  /** The most mailboxes that are taken at a time. */
  public static final int BATCH = LeaseKeys.BATCH;

  private static final Logger log = LoggerFactory.getLogger(Leases.class);
  private static final Duration FORGOTTEN_AFTER = Duration.ofDays(1);

  private final LeaseKeys keys;
  private final MailboxFences fences;
  private final LeaseNodes nodes;
  private final LeaseSettings settings;
  private final NodeIdentity node;
  private final HeldLeases heldLeases = new HeldLeases();
  private final LeaseRenewer keeper;
  private final Counter acquired;
  private final Counter released;

  /**
   * A mailbox is not acquired while it is released: its key alone does not tell one lease from the
   * next.
   */
  private final ReentrantLock changing = new ReentrantLock();

  Leases(
      StringRedisTemplate redis,
      MailboxFences fences,
      LeaseNodes nodes,
      LeaseSettings settings,
      NodeIdentity node,
      MeterRegistry meters,
      Clock clock) {
    this.keys = new LeaseKeys(redis, node.id(), settings.ttl());
    this.fences = fences;
    this.nodes = nodes;
    this.settings = settings;
    this.node = node;
    this.keeper = new LeaseRenewer(keys, settings, node, heldLeases, meters, clock);
    this.acquired = counter(meters, "acquired", "mailboxes that this node took");
    this.released = counter(meters, "released", "mailboxes that this node let go");
    Gauge.builder("byo.leases.held", heldLeases, HeldLeases::count)
        .description("mailboxes that this node has")
        .tag("node", node.name())
        .register(meters);
    Gauge.builder("byo.leases.nodes", this, Leases::nodesForOneOfThem)
        .description(
            "nodes that share the mailboxes; 0 where Redis does not say, NaN on a node that does"
                + " not take part")
        .register(meters);
  }

  private Counter counter(MeterRegistry meters, String name, String description) {
    return Counter.builder("byo.leases." + name)
        .description(description)
        .tag("node", node.name())
        .register(meters);
  }

  /** From now on this node is one of those who share the mailboxes, and its leases are renewed. */
  public void join(LeaseListener listener) {
    keeper.start(listener);
  }

  /** Takes no more part in the sharing; what it still has is renewed until it is released. */
  public void leaving() {
    keeper.leave();
  }

  /** The end of {@link #join}: releases what is still held. */
  public void leave() {
    keeper.stop();
    List<UUID> left = heldLeases.all();
    if (!left.isEmpty()) {
      release(left);
    }
  }

  /** Who shares the mailboxes; empty if Redis does not say, and nothing may be taken. */
  public Optional<ClusterMembers> members() {
    return keeper.members();
  }

  /** How many this node is short of, for those that have too many. */
  public void wants(long count) {
    keeper.wants(count);
  }

  /** How many a node that has too many gives away at a time, at least. */
  public int rebalanceBatch() {
    return settings.rebalanceBatch();
  }

  /** How long a lease outlives its last renewal. */
  public Duration ttl() {
    return settings.ttl();
  }

  /** The node that takes them. */
  public NodeIdentity node() {
    return node;
  }

  /**
   * Notes in the database that this node is there; to be said again before {@link #ttl} is over.
   */
  public void present() {
    nodes.seen();
    nodes.forget(FORGOTTEN_AFTER);
  }

  /**
   * Nodes that are not there any more and may have left mailboxes behind, which are free. None
   * while the holders of mailboxes are being waited for.
   */
  public Set<String> gone(ClusterMembers members) {
    return members.settled() ? nodes.othersThan(members.ids()) : Set.of();
  }

  /**
   * Takes mailboxes; returns the leases of those that were free.
   *
   * @param mailboxes at most {@link #BATCH}
   * @throws DataAccessException if Redis or the database is away: none was taken
   */
  public List<Lease> acquire(List<UUID> mailboxes) {
    changing.lock();
    try {
      return take(mailboxes);
    } finally {
      changing.unlock();
    }
  }

  private List<Lease> take(List<UUID> mailboxes) {
    Set<UUID> taken = keys.take(mailboxes);
    if (taken.isEmpty()) {
      return List.of();
    }
    List<Lease> leases;
    try {
      leases = fences.raise(node.id(), taken);
    } catch (RuntimeException e) {
      giveBack(taken);
      throw e;
    }
    leases.forEach(heldLeases::add);
    acquired.increment(leases.size());
    List<UUID> missed = new ArrayList<>(taken);
    missed.removeAll(leases.stream().map(Lease::mailbox).toList());
    giveBack(missed);
    return leases;
  }

  /**
   * Lets mailboxes go, for others to take at once. Where Redis or the database is away they are
   * found to be free a little later.
   */
  public void release(Collection<UUID> mailboxes) {
    changing.lock();
    try {
      letGo(mailboxes);
    } finally {
      changing.unlock();
    }
  }

  /** The same with those of the leases that no later one of this node has followed. */
  public void end(Collection<Lease> leases) {
    changing.lock();
    try {
      letGo(
          leases.stream()
              .filter(lease -> !heldLeases.hasNewer(lease))
              .map(Lease::mailbox)
              .toList());
    } finally {
      changing.unlock();
    }
  }

  private void letGo(Collection<UUID> mailboxes) {
    mailboxes.forEach(heldLeases::drop);
    released.increment(mailboxes.size());
    giveBack(mailboxes);
    try {
      for (List<UUID> batch : LeaseKeys.batches(mailboxes)) {
        fences.free(node.id(), batch);
      }
    } catch (DataAccessException e) {
      log.warn(
          "{} mailboxes were released, which the database does not know yet", mailboxes.size());
    }
  }

  /** Whether this node has it, as far as it knows. Asks neither Redis nor the database. */
  public boolean isHeld(Lease lease) {
    return heldLeases.has(lease);
  }

  /** How many this node has. */
  public int held() {
    return heldLeases.count();
  }

  boolean isRedisAway() {
    return keeper.isAway();
  }

  boolean isTakingPart() {
    return keeper.isRunning();
  }

  private double nodesForOneOfThem() {
    return keeper.isSharing() ? nodeCount() : Double.NaN;
  }

  int nodeCount() {
    return members().map(members -> members.nodes().size()).orElse(0);
  }

  // The keys expire by themselves where Redis does not hear of it.
  private void giveBack(Collection<UUID> mailboxes) {
    try {
      for (List<UUID> batch : LeaseKeys.batches(mailboxes)) {
        keys.release(batch);
      }
    } catch (DataAccessException e) {
      log.info("{} leases end by themselves, because Redis is away", mailboxes.size());
    }
  }

  @Override
  public void destroy() {
    leave();
  }
}
