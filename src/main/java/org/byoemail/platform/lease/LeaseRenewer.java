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
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.byoemail.platform.cluster.NodeIdentity;
import org.byoemail.platform.lease.ClusterMembers.Member;
import org.byoemail.platform.lease.LeaseKeys.Beat;
import org.byoemail.platform.lease.LeaseKeys.Renewal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Says to Redis that this node is there and renews its leases, from {@link #start} to {@link
 * #stop}, on a thread of its own that waits for nothing but Redis. Leases outlive a Redis that is
 * away: PostgreSQL's fence decides who may write.
 */
class LeaseRenewer {
  private static final Logger log = LoggerFactory.getLogger(LeaseRenewer.class);
  private static final int BEATS_A_RENEWAL = 5;

  private final LeaseKeys keys;
  private final LeaseSettings settings;
  private final String node;
  private final HeldLeases heldLeases;
  private final Clock clock;
  private final Timer renewals;
  private final Counter restored;
  private volatile @Nullable ClusterMembers members;
  private volatile boolean away;
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
            .description("leases of this node that Redis had forgotten and was told again")
            .register(meters);
  }

  synchronized void start(LeaseListener told) {
    if (thread != null) {
      throw new IllegalStateException("this node takes part already");
    }
    listener = told;
    joined = false;
    leaving = false;
    wants = 0;
    ScheduledExecutorService fresh =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread made = new Thread(work, "byo-leases");
              made.setDaemon(true);
              return made;
            });
    long interval = settings.heartbeat().toNanos();
    fresh.scheduleWithFixedDelay(this::guarded, 0, interval, TimeUnit.NANOSECONDS);
    thread = fresh;
  }

  /** No longer one of those who share the mailboxes; what is still held is renewed. */
  void leave() {
    leaving = true;
    members = null;
    try {
      keys.leave();
    } catch (DataAccessException e) {
      log.info("Redis is away: the other nodes learn by themselves that this one has left");
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

  /** Who is there; empty if Redis does not say, and nothing is to be taken or given. */
  Optional<ClusterMembers> members() {
    return Optional.ofNullable(members);
  }

  /** Whether Redis was away when it was last asked. */
  boolean isAway() {
    return away;
  }

  boolean isRunning() {
    return thread != null;
  }

  /** Whether this node is one of those who share the mailboxes, or would be if Redis were there. */
  boolean isSharing() {
    return isRunning() && !leaving;
  }

  /** How many mailboxes this node is short of; told with the next heartbeat. */
  void wants(long count) {
    wants = count;
  }

  // A timer drops for good what throws once.
  private void guarded() {
    try {
      beat();
    } catch (RuntimeException | Error e) {
      log.error("Looking after the leases stumbled and goes on", e);
    }
  }

  /** One heartbeat, and a renewal where it is due. */
  void beat() {
    beats++;
    renewalDue |= beats % BEATS_A_RENEWAL == 0;
    try {
      boolean tell = !leaving && look(keys.beat(heldLeases.count(), wants));
      if (leaving) {
        // It may have begun between the question above and the answer.
        keys.leave();
        members = null;
      }
      if (renewalDue) {
        renewals.record(this::renew);
        renewalDue = false;
      }
      if (away) {
        away = false;
        log.info("Redis is back: leases are renewed, and taken where they are free");
      }
      LeaseListener told = listener;
      if (tell && told != null) {
        told.changed();
      }
    } catch (DataAccessException e) {
      renewalDue = true;
      members = null;
      if (!away) {
        away = true;
        log.warn(
            "Redis is away: {} mailboxes are watched on, and none is taken ({})",
            heldLeases.count(),
            e.getMessage());
      }
    }
  }

  /** Learns who is there; returns whether somebody has to act on it. */
  private boolean look(Beat beat) {
    boolean forgotten = joined && (away || !beat.known());
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
        || isAskedToGive(now);
  }

  private boolean isAskedToGive(ClusterMembers now) {
    return now.nodes().stream().anyMatch(n -> !n.id().equals(node) && n.wants() > 0)
        && heldLeases.count() * (long) now.nodes().size()
            > now.nodes().stream().mapToLong(Member::held).sum();
  }

  private void renew() {
    Set<UUID> lost = new HashSet<>();
    int putBack = 0;
    for (List<UUID> batch : LeaseKeys.batches(heldLeases.all())) {
      Renewal renewal = keys.renew(batch);
      lost.addAll(renewal.lost());
      putBack += renewal.restored();
    }
    if (putBack > 0) {
      restored.increment(putBack);
      log.info("Redis had forgotten {} leases of this node, and was told again", putBack);
    }
    lost.removeIf(mailbox -> !heldLeases.drop(mailbox));
    LeaseListener told = listener;
    if (!lost.isEmpty() && told != null) {
      log.warn("{} leases were lost: other nodes have taken those mailboxes", lost.size());
      told.lost(lost);
    }
  }
}
