package org.byoemail.outbound.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.connection.SmtpConnections;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.outbound.limit.SendingNodes;
import org.springframework.stereotype.Component;

/**
 * The claims of this node: what {@code sql/claim-deliveries.sql} may take, what was taken, and that
 * it is renewed while it is worked on. Called by routes and by that statement.
 */
@Component("claims")
public class Claims {
  private static final Duration WAIT_FOR_A_WORKER = Duration.ofSeconds(1);
  private static final Duration PACE = Duration.ofMillis(20);
  private static final int MAX_MARKED_AT_ONCE = 1000;

  private final SendSettings settings;
  private final SmtpConnections connections;
  private final Rollout rollout;
  private final PlatformTransports platform;
  private final Deliveries deliveries;
  private final Clock clock;
  private final SendingNodes nodes;
  private final SendingShares shares;
  private final Set<UUID> held = new HashSet<>();
  private boolean worthwhile = true;
  private Instant claimedAt = Instant.EPOCH;
  private volatile UUID servedLast = new UUID(0, 0);
  private volatile Instant renewedAt;

  Claims(
      SendSettings settings,
      SmtpConnections connections,
      Rollout rollout,
      PlatformTransports platform,
      Deliveries deliveries,
      SendingNodes nodes,
      SendingShares shares,
      Clock clock,
      MeterRegistry meters) {
    this.settings = settings;
    this.connections = connections;
    this.rollout = rollout;
    this.platform = platform;
    this.deliveries = deliveries;
    this.clock = clock;
    this.nodes = nodes;
    this.shares = shares;
    this.renewedAt = clock.instant();
    Gauge.builder("byo.outbound.workers.busy", this, Claims::busy).register(meters);
    Gauge.builder("byo.outbound.workers.apart", shares, SendingShares::apart).register(meters);
  }

  /**
   * How many deliveries this node can begin to send at once. It is asked in a loop and sets its
   * pace: where nothing has happened since the last claim it waits for as long as a look for due
   * mail may; where all workers are busy, for one of them; and always a moment after the last
   * claim, so that the next finds several at once.
   */
  public synchronized int freeWorkers() throws InterruptedException {
    if (!worthwhile) {
      wait(settings.claimInterval().toMillis());
    }
    for (long early = early(); early > 0 && early <= PACE.toMillis(); early = early()) {
      // Whatever happens meanwhile is for the next claim, too.
      TimeUnit.MILLISECONDS.timedWait(this, early);
    }
    long end = System.nanoTime() + WAIT_FOR_A_WORKER.toNanos();
    for (long left = end - System.nanoTime();
        left > 0 && taken() >= settings.workers();
        left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    worthwhile = false;
    claimedAt = clock.instant();
    return Math.max(0, settings.workers() - taken());
  }

  private int taken() {
    return held.size() - shares.apart();
  }

  private long early() {
    return Duration.between(clock.instant(), claimedAt.plus(PACE)).toMillis();
  }

  /** Something is due, or may be claimed that was not before: the next claim need not wait. */
  public synchronized void wake() {
    worthwhile = true;
    notifyAll();
  }

  /** Lets those be claimed that had to wait until now. */
  public void markDue() {
    int marked = deliveries.markDue(MAX_MARKED_AT_ONCE);
    if (marked > 0) {
      wake();
    }
  }

  /** The account behind which the next claim goes on: those that had their turn come last. */
  public UUID servedLast() {
    return servedLast;
  }

  /** The most deliveries of one account that are claimed at a time, over all nodes. */
  public int perAccount() {
    return connections.perAccount();
  }

  /** Whose deliveries may be claimed: {@code usable} accounts', {@code all}, or {@code none}. */
  public String accounts() {
    if (rollout.isOn()) {
      return "usable";
    }
    return settings.simulated() || platform.isAny() ? "all" : "none";
  }

  /** The name of this node. */
  public String node() {
    return nodes.name();
  }

  /** How many nodes share the cap of an account. */
  public int nodes() {
    return nodes.count();
  }

  /** The place of this node among them, from 0: the first ones get what is left over. */
  public int rank() {
    return nodes.rank();
  }

  /** For how many milliseconds a claim lasts. */
  public long ttl() {
    return settings.claimTtl().toMillis();
  }

  /** Takes note of claimed rows. */
  public synchronized List<Claim> taken(List<Map<String, ?>> rows) {
    int last = -1;
    for (Map<String, ?> row : rows) {
      if (row.get("place") instanceof Integer place && place > last) {
        last = place;
        servedLast = (UUID) row.get("account_id");
      }
    }
    List<Claim> claims = rows.stream().map(Claim::of).toList();
    claims.forEach(claim -> held.add(claim.token()));
    worthwhile = true;
    return claims;
  }

  /** The work on a claim is over; what was not recorded runs out with it. */
  synchronized void done(Claim claim) {
    held.remove(claim.token());
    shares.ended(claim.token());
    wake();
  }

  /** Whether this node works on it. */
  synchronized boolean isHeld(Claim claim) {
    return held.contains(claim.token());
  }

  /** Renews what is being worked on, each time a third of its life is over. */
  public void renew() {
    Instant now = clock.instant();
    List<UUID> tokens = tokens();
    // A clock that was set back must not let what is worked on run out.
    boolean early =
        now.isBefore(renewedAt.plus(settings.claimTtl().dividedBy(3))) && !now.isBefore(renewedAt);
    if (tokens.isEmpty() || early) {
      return;
    }
    deliveries.renew(tokens, settings.claimTtl());
    renewedAt = now;
  }

  private synchronized List<UUID> tokens() {
    return List.copyOf(held);
  }

  private synchronized int busy() {
    return taken();
  }
}
