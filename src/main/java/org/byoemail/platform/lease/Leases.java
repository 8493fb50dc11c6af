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
import java.util.concurrent.locks.ReentrantLock;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.platform.cluster.NodeIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * The leases of this node. A key in Redis names the holder of a mailbox and expires with its node;
 * a fence that PostgreSQL raises and checks makes sure that an earlier holder can write nothing
 * more. Safe for use by many threads; leases are taken by one at a time.
 */
@Component
public class Leases implements DisposableBean {
  /** The most mailboxes per {@link #acquire}. */
  public static final int BATCH = LeaseKeys.BATCH;

  private static final Logger log = LoggerFactory.getLogger(Leases.class);
  private static final Duration FORGET_AFTER = Duration.ofDays(1);

  private final LeaseKeys keys;
  private final MailboxFences fences;
  private final LeaseNodes nodes;
  private final LeaseSettings settings;
  private final NodeIdentity node;
  private final HeldLeases heldLeases = new HeldLeases();
  private final LeaseRenewer renewer;
  private final Counter acquired;
  private final Counter released;

  /**
   * A mailbox is not acquired while it is released: its key alone does not tell one lease from the
   * next.
   */
  private final ReentrantLock changeLock = new ReentrantLock();

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
    this.renewer = new LeaseRenewer(keys, settings, node, heldLeases, meters, clock);
    this.acquired = counter(meters, "acquired", "mailboxes that this node took");
    this.released = counter(meters, "released", "mailboxes that this node released");
    Gauge.builder("byo.leases.held", heldLeases, HeldLeases::count)
        .description("mailboxes that this node has")
        .tag("node", node.name())
        .register(meters);
    Gauge.builder("byo.leases.nodes", this, Leases::nodesIfSharing)
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

  /** Joins the cluster: this node shares the mailboxes, and its leases are renewed. */
  public void join(LeaseListener listener) {
    renewer.start(listener);
  }

  /** Stops sharing; leases still held are renewed until they are released. */
  public void leaving() {
    renewer.leave();
  }

  /** The end of {@link #join}: releases what is still held. */
  public void leave() {
    renewer.stop();
    List<MailboxId> left = heldLeases.all();
    if (!left.isEmpty()) {
      release(left);
    }
  }

  /**
   * The nodes that share the mailboxes; empty while Redis is unavailable: nothing may be acquired
   * then.
   */
  public Optional<ClusterMembers> members() {
    return renewer.members();
  }

  /** Announces how many mailboxes this node lacks. */
  public void wants(long count) {
    renewer.wants(count);
  }

  /** The least that a node with a surplus releases at a time. */
  public int rebalanceBatch() {
    return settings.rebalanceBatch();
  }

  /** How long a lease outlives its last renewal. */
  public Duration ttl() {
    return settings.ttl();
  }

  /** This node. */
  public NodeIdentity node() {
    return node;
  }

  /** Records in the database that this node is alive; to be repeated within {@link #ttl}. */
  public void present() {
    nodes.seen();
    nodes.forget(FORGET_AFTER);
  }

  /**
   * Nodes that are gone and may have left mailboxes behind, which are free. Empty while {@link
   * ClusterMembers#settled} is false.
   */
  public Set<String> gone(ClusterMembers members) {
    return members.settled() ? nodes.othersThan(members.ids()) : Set.of();
  }

  /**
   * Acquires mailboxes; returns the leases of those that were free.
   *
   * @param mailboxes at most {@link #BATCH}
   * @throws DataAccessException if Redis or the database is unavailable: none was acquired
   */
  public List<Lease> acquire(List<MailboxId> mailboxes) {
    changeLock.lock();
    try {
      return take(mailboxes);
    } finally {
      changeLock.unlock();
    }
  }

  private List<Lease> take(List<MailboxId> mailboxes) {
    Set<MailboxId> taken = keys.take(mailboxes);
    if (taken.isEmpty()) {
      return List.of();
    }
    List<Lease> leases;
    try {
      leases = fences.raise(node.id(), taken);
    } catch (RuntimeException e) {
      releaseKeys(taken);
      throw e;
    }
    leases.forEach(heldLeases::add);
    acquired.increment(leases.size());
    List<MailboxId> missed = new ArrayList<>(taken);
    missed.removeAll(leases.stream().map(Lease::mailbox).toList());
    releaseKeys(missed);
    return leases;
  }

  /**
   * Releases mailboxes for others to acquire at once; without Redis or the database, a little
   * later.
   */
  public void release(Collection<MailboxId> mailboxes) {
    changeLock.lock();
    try {
      drop(mailboxes);
    } finally {
      changeLock.unlock();
    }
  }

  /** Releases leases, except those that a later one of this node has followed. */
  public void end(Collection<Lease> leases) {
    changeLock.lock();
    try {
      drop(
          leases.stream()
              .filter(lease -> !heldLeases.hasNewer(lease))
              .map(Lease::mailbox)
              .toList());
    } finally {
      changeLock.unlock();
    }
  }

  private void drop(Collection<MailboxId> mailboxes) {
    mailboxes.forEach(heldLeases::remove);
    released.increment(mailboxes.size());
    releaseKeys(mailboxes);
    try {
      for (List<MailboxId> batch : LeaseKeys.batches(mailboxes)) {
        fences.free(node.id(), batch);
      }
    } catch (DataAccessException e) {
      log.warn(
          "{} mailboxes were released, which the database does not know yet", mailboxes.size());
    }
  }

  /** Whether this node holds it, as far as it knows. Queries neither Redis nor the database. */
  public boolean isHeld(Lease lease) {
    return heldLeases.contains(lease);
  }

  /** How many mailboxes this node holds. */
  public int held() {
    return heldLeases.count();
  }

  boolean isRedisDown() {
    return renewer.isRedisDown();
  }

  boolean isRunning() {
    return renewer.isRunning();
  }

  private double nodesIfSharing() {
    return renewer.isSharing() ? nodeCount() : Double.NaN;
  }

  int nodeCount() {
    return members().map(members -> members.nodes().size()).orElse(0);
  }

  // Without Redis the keys expire by themselves.
  private void releaseKeys(Collection<MailboxId> mailboxes) {
    try {
      for (List<MailboxId> batch : LeaseKeys.batches(mailboxes)) {
        keys.release(batch);
      }
    } catch (DataAccessException e) {
      log.info("{} leases are left to expire: Redis is unavailable", mailboxes.size());
    }
  }

  @Override
  public void destroy() {
    leave();
  }
}
