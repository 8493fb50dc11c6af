package org.byoemail.account.rollout;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.registry.AccountChanged;
import org.byoemail.account.rollout.RolloutRows.Next;
import org.byoemail.account.rollout.RolloutRows.Present;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.cluster.NodeIdentity;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Evaluates the flag for all accounts, on one node at a time, and stores what has changed: new
 * accounts within a second, all of them when the provider reports a change and periodically. A
 * provider that fails changes nothing; while one hangs, another node takes over.
 */
@Component
class RolloutEvaluator implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(RolloutEvaluator.class);
  private static final Duration LEASE = Duration.ofSeconds(15);

  /** Our own provider reports each change; addresses and organizations may change, too. */
  private static final Duration LOCAL_INTERVAL = Duration.ofMinutes(1);

  /** When the lease is renewed: an evaluation that takes 10 s still fits into the rest. */
  private static final long PART_NANOS = LEASE.toNanos() / 5;

  private static final long TICK_MILLIS = 500;
  private static final long STOP_SECONDS = 5;
  private static final int PAGE = 200;

  /** A round of evaluations takes at most a tenth of the time. */
  private static final int PAUSE_FACTOR = 10;

  private final EnabledFlag flag;
  private final RolloutRows rows;
  private final RolloutSettings settings;
  private final NodeIdentity node;
  private final AuditLog audit;
  private final TransactionTemplate transactions;
  private final ApplicationEventPublisher publisher;
  private @Nullable ScheduledExecutorService thread;
  private volatile boolean leading;
  private volatile boolean stopped;
  private boolean failing;
  private @Nullable String reported;
  private long ledAtNanos;
  private long nextRoundNanos = System.nanoTime();

  RolloutEvaluator(
      EnabledFlag flag,
      RolloutRows rows,
      RolloutSettings settings,
      NodeIdentity node,
      AuditLog audit,
      TransactionTemplate transactions,
      ApplicationEventPublisher publisher) {
    this.flag = flag;
    this.rows = rows;
    this.settings = settings;
    this.node = node;
    this.audit = audit;
    this.transactions = transactions;
    this.publisher = publisher;
  }

  /** Before routes claim mail and watch mailboxes, where the provider is our own. */
  @Override
  public synchronized void start() {
    if (thread != null) {
      return;
    }
    stopped = false;
    flag.start();
    if (flag.isLocal()) {
      tick();
      awaitLease();
    }
    thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread started = new Thread(work, "rollout");
              started.setDaemon(true);
              return started;
            });
    thread.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * A process that was killed leaves its lease and its values: mail must not be claimed by them,
   * although this process has other settings. A node that runs renews its lease.
   */
  private void awaitLease() {
    long end = nanos() + LEASE.plusSeconds(1).toNanos();
    try {
      Timestamp lease = leading ? null : rows.leaseOfAnother(node.id());
      while (lease != null
          && !leading
          && nanos() < end
          && lease.equals(rows.leaseOfAnother(node.id()))) {
        pause();
        tick();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (DataAccessException e) {
      log.debug("The flag is evaluated when the lease has expired", e);
    }
  }

  /** Replaced in tests. */
  void pause() throws InterruptedException {
    Thread.sleep(TICK_MILLIS);
  }

  @Override
  public synchronized void stop() {
    ScheduledExecutorService stopping = thread;
    thread = null;
    if (stopping == null) {
      return;
    }
    stopped = true;
    stopping.shutdownNow();
    try {
      if (!stopping.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        log.warn("The evaluation of the flag does not end; another node takes over");
      }
      if (leading) {
        leading = false;
        rows.resign(node.id());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (DataAccessException e) {
      log.debug("Another node evaluates the flag when the lease has expired", e);
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return thread != null;
  }

  /** Before Camel, whose phase is almost the last. */
  @Override
  public int getPhase() {
    return 0;
  }

  /** Has a new account evaluated in the transaction that creates it, where that asks no service. */
  @EventListener
  void changed(AccountChanged change) {
    if (flag.isLocal()) {
      rows.find(change.account().value())
          .filter(present -> present.sending() == null)
          .ifPresent(present -> rows.store(node.id(), List.of(next(present))));
    }
  }

  /** Evaluates what is due. It never throws: a scheduled task that does is not run again. */
  void tick() {
    try {
      evaluate();
      failing = false;
    } catch (RuntimeException | LinkageError e) {
      flag.evaluateAgain();
      if (!failing) {
        failing = true;
        log.warn("The flag {} cannot be evaluated, will retry: {}", EnabledFlag.KEY, e.toString());
      }
    }
  }

  private void evaluate() {
    boolean before = leading;
    if (!leads() || flag.isInitializing()) {
      return;
    }
    boolean changed = flag.refresh();
    if (changed || !before || nanos() - nextRoundNanos >= 0) {
      round();
    } else {
      List<Present> missing;
      int taken;
      do {
        missing = rows.missing(PAGE);
        taken = store(missing);
      } while ((taken < missing.size() || missing.size() == PAGE) && leads());
      report();
    }
  }

  private void round() {
    long started = nanos();
    flag.beginRound();
    Set<UUID> early = new HashSet<>();
    long lookedNanos = started;
    UUID after = null;
    boolean more;
    do {
      List<Present> page = rows.page(after, PAGE);
      List<Present> due =
          page.stream().filter(each -> !early.contains(each.target().account())).toList();
      int taken = store(due);
      more = taken < due.size() || page.size() == PAGE;
      List<Present> last = taken < due.size() ? due.subList(0, taken) : page;
      after = last.isEmpty() ? after : last.get(last.size() - 1).target().account();
      // New accounts do not wait for the end of a long round.
      if (more && nanos() - lookedNanos > PART_NANOS) {
        List<Present> missing = rows.missing(PAGE);
        missing.subList(0, store(missing)).forEach(each -> early.add(each.target().account()));
        lookedNanos = nanos();
      }
    } while (more && leads());
    if (!leads()) {
      return; // When it leads again, it begins a new round.
    }
    rows.evaluated(node.id(), flag.failure());
    long took = nanos() - started;
    Duration interval = flag.isLocal() ? LOCAL_INTERVAL : settings.flagInterval();
    nextRoundNanos = nanos() + Math.max(interval.toNanos(), PAUSE_FACTOR * took);
    report();
  }

  /** Whether this node evaluates; renews its lease when a part of it is over. */
  private boolean leads() {
    if (stopped) {
      return false; // An evaluation that outlasts the stop must not take the lease back.
    }
    long now = nanos();
    if (!leading || now - ledAtNanos > PART_NANOS) {
      leading = rows.lead(node.id(), flag.provider(), LEASE);
      ledAtNanos = now;
      if (!leading) {
        flag.evaluateAgain(); // Another node may have stored its values meanwhile.
      }
    }
    return leading;
  }

  private void report() {
    String failure = flag.failure();
    if (failure != null && reported == null) {
      log.warn(
          "The provider of the flag {} fails, accounts keep their last values: {}",
          EnabledFlag.KEY,
          failure);
    } else if (failure == null && reported != null) {
      log.info("The provider of the flag {} works again", EnabledFlag.KEY);
    }
    if ((failure == null) != (reported == null)) {
      rows.evaluated(node.id(), failure);
    }
    reported = failure;
  }

  /** Replaced in tests. */
  long nanos() {
    return System.nanoTime();
  }

  private Next next(Present present) {
    return new Next(
        present.target().account(),
        value(present, RolloutSide.SENDING, present.sending()),
        value(present, RolloutSide.RECEIVING, present.receiving()));
  }

  private RolloutDecision value(
      Present present, RolloutSide side, @Nullable RolloutDecision before) {
    return flag.evaluate(present.target(), side)
        .or(() -> Optional.ofNullable(before))
        .orElseGet(flag::byDefault);
  }

  /**
   * Evaluates accounts for a part of the lease, and stores what has changed, in one transaction.
   *
   * @return how many it evaluated, from the first; 0 if another node evaluates now
   */
  private int store(List<Present> accounts) {
    long started = nanos();
    int taken = 0;
    List<Next> changes = new ArrayList<>();
    Set<AccountId> switched = new HashSet<>();
    int on = 0;
    int off = 0;
    for (Present present : accounts) {
      if (taken > 0 && nanos() - started > PART_NANOS) {
        break;
      }
      // A provider that takes long: the lease must not expire meanwhile.
      RolloutDecision sendingNext = value(present, RolloutSide.SENDING, present.sending());
      if (!leads()) {
        return 0;
      }
      RolloutDecision receivingNext = value(present, RolloutSide.RECEIVING, present.receiving());
      if (!leads()) {
        return 0;
      }
      Next next = new Next(present.target().account(), sendingNext, receivingNext);
      taken++;
      if (next.sending().equals(present.sending())
          && next.receiving().equals(present.receiving())) {
        continue;
      }
      changes.add(next);
      boolean sending = isSwitched(present.sending(), next.sending());
      boolean receiving = isSwitched(present.receiving(), next.receiving());
      if (sending || receiving) {
        switched.add(new AccountId(next.account()));
      }
      if (present.sending() != null) {
        on +=
            (sending && next.sending().on() ? 1 : 0) + (receiving && next.receiving().on() ? 1 : 0);
        off +=
            (sending && !next.sending().on() ? 1 : 0)
                + (receiving && !next.receiving().on() ? 1 : 0);
      }
    }
    if (changes.isEmpty()) {
      return taken;
    }
    Map<String, Integer> counts = Map.of("sidesOn", on, "sidesOff", off);
    Boolean stored =
        transactions.execute(
            status -> {
              // None: another node took over, or the accounts were deleted.
              boolean any = rows.store(node.id(), changes) > 0;
              if (any && counts.get("sidesOn") + counts.get("sidesOff") > 0) {
                audit.record("rollout.changed", null, null, counts);
              }
              return any;
            });
    if (!Boolean.TRUE.equals(stored)) {
      leading = false; // Perhaps: asked at once.
      flag.evaluateAgain();
      return leads() ? taken : 0;
    }
    if (on + off > 0) {
      log.info("{} sides of accounts were switched on, {} off", on, off);
    }
    publisher.publishEvent(new RolloutChanged(Set.copyOf(switched)));
    return taken;
  }

  private static boolean isSwitched(@Nullable RolloutDecision before, RolloutDecision after) {
    return before == null || before.on() != after.on();
  }
}
