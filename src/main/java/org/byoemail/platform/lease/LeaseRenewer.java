package org.byoemail.platform.lease;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.platform.cluster.NodeIdentity;
import org.byoemail.platform.lease.ClusterMembers.Member;
import org.byoemail.platform.lease.LeaseKeys.Beat;
import org.byoemail.platform.lease.LeaseKeys.Renewal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Sends heartbeats to Redis and renews this node's leases, from {@link #start} to {@link #stop}, on
 * a thread of its own that waits for nothing but Redis. Leases survive an outage of Redis: the
 * fence in PostgreSQL decides who may write.
 */
class LeaseRenewer {
  private static final Logger log = LoggerFactory.getLogger(LeaseRenewer.class);
  private static final int BEATS_PER_RENEWAL = 5;

  private final LeaseKeys keys;
  private final LeaseSettings settings;
  private final String node;
  private final HeldLeases heldLeases;
  private final Clock clock;
  private final Timer renewals;
  private final Counter restored;
  private volatile @Nullable ClusterMembers members;
  private volatile boolean redisDown;
  private volatile boolean leaving;
  private volatile long wants;
  private volatile @Nullable LeaseListener listener;
  private volatile @Nullable ScheduledExecutorService thread;
  private Instant unsettledUntil = Instant.MIN;
  private boolean joined;
  private boolean renewalDue;
  private long beats;

  LeaseRenewer(
      LeaseKeys keys,
      LeaseSettings settings,
      NodeIdentity node,
      HeldLeases heldLeases,
      MeterRegistry meters,
      Clock clock) {
    this.keys = keys;
    this.settings = settings;
    this.node = node.id();
    this.heldLeases = heldLeases;
    this.clock = clock;
    this.renewals =
        Timer.builder("byo.leases.renewal")
            .description("how long it took to renew all leases of this node")
            .register(meters);
    this.restored =
        Counter.builder("byo.leases.restored")
            .description("leases of this node that Redis had lost and that were restored")
            .register(meters);
  }

  synchronized void start(LeaseListener current) {
    if (thread != null) {
      throw new IllegalStateException("the renewer is already started");
    }
    listener = current;
    joined = false;
    leaving = false;
    wants = 0;
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "byo-leases");
              thread.setDaemon(true);
              return thread;
            });
    long interval = settings.heartbeat().toNanos();
    executor.scheduleWithFixedDelay(this::beatSafely, 0, interval, TimeUnit.NANOSECONDS);
    thread = executor;
  }

  /** Leaves the cluster; leases that are still held are renewed. */
  void leave() {
    leaving = true;
    members = null;
    try {
      keys.leave();
    } catch (DataAccessException e) {
      log.info("Redis is unavailable: the other nodes notice by themselves that this one has left");
    }
  }

  void stop() {
    ScheduledExecutorService ending;
    synchronized (this) {
      ending = thread;
      thread = null;
    }
    if (ending != null) {
      ending.shutdownNow();
      try {
        ending.awaitTermination(settings.ttl().toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      leave();
    }
  }

  /** The live nodes; empty while Redis is unavailable: nothing is acquired or released then. */
  Optional<ClusterMembers> members() {
    return Optional.ofNullable(members);
  }

  /** Whether Redis was unavailable at the last heartbeat. */
  boolean isRedisDown() {
    return redisDown;
  }

  boolean isRunning() {
    return thread != null;
  }

  /** Whether this node shares the mailboxes, or would if Redis were available. */
  boolean isSharing() {
    return isRunning() && !leaving;
  }

  /** How many mailboxes this node lacks; sent with the next heartbeat. */
  void wants(long count) {
    wants = count;
  }

  // A scheduled task that throws is never run again.
  private void beatSafely() {
    try {
      beat();
    } catch (RuntimeException | Error e) {
      log.error("The lease heartbeat failed and continues", e);
    }
  }

  /** Sends one heartbeat, and renews if due. */
  void beat() {
    beats++;
    renewalDue |= beats % BEATS_PER_RENEWAL == 0;
    try {
      boolean notifyListener = !leaving && update(keys.beat(heldLeases.count(), wants));
      if (leaving) {
        // Leaving may have begun while the heartbeat was under way.
        keys.leave();
        members = null;
      }
      if (renewalDue) {
        renewals.record(this::renew);
        renewalDue = false;
      }
      if (redisDown) {
        redisDown = false;
        log.info("Redis is available again: leases are renewed and acquired");
      }
      LeaseListener current = listener;
      if (notifyListener && current != null) {
        current.changed();
      }
    } catch (DataAccessException e) {
      renewalDue = true;
      members = null;
      if (!redisDown) {
        redisDown = true;
        log.warn(
            "Redis is unavailable: {} mailboxes stay watched, none is acquired ({})",
            heldLeases.count(),
            e.getMessage());
      }
    }
  }

  /** Takes over what a heartbeat returned; true if the listener has to act on it. */
  private boolean update(Beat beat) {
    boolean forgotten = joined && (redisDown || !beat.known());
    if (forgotten) {
      unsettledUntil = clock.instant().plus(settings.ttl());
      renewalDue = true;
    } else if (beat.age().compareTo(settings.ttl()) < 0) {
      unsettledUntil = clock.instant().plus(settings.ttl().minus(beat.age()));
    }
    joined = true;
    ClusterMembers before = members;
    ClusterMembers now =
        new ClusterMembers(node, beat.nodes(), !clock.instant().isBefore(unsettledUntil), beats);
    members = now;
    return before == null
        || !before.ids().equals(now.ids())
        || before.settled() != now.settled()
        || hasSurplusForOthers(now);
  }

  private boolean hasSurplusForOthers(ClusterMembers now) {
    return now.nodes().stream().anyMatch(n -> !n.id().equals(node) && n.wants() > 0)
        && heldLeases.count() * (long) now.nodes().size()
            > now.nodes().stream().mapToLong(Member::held).sum();
  }

  private void renew() {
    Set<MailboxId> lost = new HashSet<>();
    int restoredCount = 0;
    for (List<MailboxId> batch : LeaseKeys.batches(heldLeases.all())) {
      Renewal renewal = keys.renew(batch);
      lost.addAll(renewal.lost());
      restoredCount += renewal.restored();
    }
    if (restoredCount > 0) {
      restored.increment(restoredCount);
      log.info("{} leases of this node were missing in Redis and are restored", restoredCount);
    }
    lost.removeIf(mailbox -> !heldLeases.remove(mailbox));
    LeaseListener current = listener;
    if (!lost.isEmpty() && current != null) {
      log.warn("{} leases were lost: other nodes have taken those mailboxes", lost.size());
      current.lost(lost);
    }
  }
}
