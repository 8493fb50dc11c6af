package org.byoemail.inbound.mailbox;

import io.micrometer.observation.ObservationRegistry;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.lease.LeaseListener;
import org.byoemail.platform.lease.Leases;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Keeps what is watched in step with the accounts and with the other nodes, for as long as the
 * consumer runs: takes part in the leases from its start and hands them over at its end. All of it
 * happens on one thread of its own.
 */
@Component
class ReconciliationLoop implements LeaseListener {
  private static final Logger log = LoggerFactory.getLogger(ReconciliationLoop.class);
  private static final long TICK_MILLIS = 200;

  private final AssignmentReconciler reconciler;
  private final MailboxAcquisition acquisition;
  private final LeaseHandover handover;
  private final Leases leases;
  private final MailboxRows rows;
  private final MailboxWatchers watchers;
  private final MailboxThreads threads;
  private final MailboxSettings settings;
  private final AccountHealthRepository accountHealth;
  private final FolderOpener folders;
  private final MailMemory memory;
  private final ObservationRegistry observations;
  private final Clock clock;
  private final AtomicBoolean failing = new AtomicBoolean();
  private @Nullable Running running;

  ReconciliationLoop(
      AssignmentReconciler reconciler,
      MailboxAcquisition acquisition,
      LeaseHandover handover,
      Leases leases,
      MailboxRows rows,
      MailboxWatchers watchers,
      MailboxThreads threads,
      MailboxSettings settings,
      AccountHealthRepository accountHealth,
      FolderOpener folders,
      MailMemory memory,
      ObservationRegistry observations,
      Clock clock) {
    this.reconciler = reconciler;
    this.acquisition = acquisition;
    this.handover = handover;
    this.leases = leases;
    this.rows = rows;
    this.watchers = watchers;
    this.threads = threads;
    this.settings = settings;
    this.accountHealth = accountHealth;
    this.folders = folders;
    this.memory = memory;
    this.observations = observations;
    this.clock = clock;
  }

  /** What runs from a start to a stop, and what is asked of it. */
  private record Running(
      WatcherServices tools,
      ExecutorService thread,
      ScheduledFuture<?> ticks,
      ScheduledFuture<?> comparisons,
      AtomicBoolean all,
      AtomicBoolean sharing,
      Set<AccountId> accounts) {}

  /** Begins: leases are taken in the background, so that a database that is away delays nobody. */
  synchronized void start(InboundDelivery delivery, boolean markSeen) {
    if (running != null) {
      throw new IllegalStateException("one route takes in the mail of all mailboxes of a node");
    }
    WatcherServices tools =
        new WatcherServices(
            rows,
            accountHealth,
            folders,
            delivery,
            markSeen,
            new LoginPacing(
                clock,
                settings.loginsPerHost(),
                settings.loginInterval(),
                settings.connectionsPerHost()),
            memory,
            new PollObservations(observations),
            settings,
            clock,
            RandomGenerator.getDefault());
    running =
        new Running(
            tools,
            Executors.newSingleThreadExecutor(MailboxThreads.named("reconcile")),
            every(TICK_MILLIS, TICK_MILLIS, () -> watchers.tick(clock.instant())),
            every(0, settings.reconcileInterval().toMillis(), this::request),
            new AtomicBoolean(),
            new AtomicBoolean(),
            ConcurrentHashMap.newKeySet());
    handover.onFree(this::requestSharing);
    leases.join(this);
  }

  private ScheduledFuture<?> every(long delay, long millis, Runnable work) {
    return threads
        .timer()
        .scheduleWithFixedDelay(() -> guarded(work), delay, millis, TimeUnit.MILLISECONDS);
  }

  // A timer drops for good what throws once.
  private static void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      log.error("Looking after the mailboxes stumbled and goes on", e);
    }
  }

  /** Hands all mailboxes over to the other nodes; returns when it is done. */
  void stop() {
    Running ending;
    synchronized (this) {
      ending = running;
      running = null;
    }
    if (ending == null) {
      return;
    }
    long deadline = System.nanoTime() + settings.stopTimeout().toNanos();
    ending.comparisons().cancel(false);
    leases.leaving();
    ending.thread().shutdown();
    try {
      if (!ending
          .thread()
          .awaitTermination(settings.stopTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("The comparison of accounts does not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    watchers.letAllGo(deadline);
    ending.ticks().cancel(false);
    handover.drain();
    leases.leave();
  }

  /** Compares all soon, in the background; does nothing where no consumer runs. */
  synchronized void request() {
    Running present = running;
    if (present != null && !present.all().getAndSet(true)) {
      execute(present, this::compareAll);
    }
  }

  /** Sees soon what is to be taken or given up. */
  synchronized void requestSharing() {
    Running present = running;
    if (present != null && !present.sharing().getAndSet(true)) {
      execute(present, this::share);
    }
  }

  /** Compares one account soon. */
  synchronized void request(AccountId account) {
    Running present = running;
    if (present != null && present.accounts().add(account)) {
      execute(present, one -> compare(one, account));
    }
  }

  @Override
  public void lost(Set<UUID> mailboxes) {
    watchers.lost(mailboxes);
  }

  @Override
  public void changed() {
    requestSharing();
  }

  private void execute(Running present, Consumer<Running> work) {
    try {
      present.thread().execute(() -> tried(present, work));
    } catch (RejectedExecutionException e) {
      log.debug("Asked for while everything is let go", e);
    }
  }

  private void tried(Running present, Consumer<Running> work) {
    try {
      work.accept(present);
      failing.set(false);
    } catch (RuntimeException e) {
      if (!failing.getAndSet(true)) {
        log.warn("The accounts cannot be compared with what is watched; tried again", e);
      }
    }
  }

  private void compareAll(Running present) {
    present.all().set(false);
    reconciler.all();
    acquisition.share(present.tools());
  }

  private void share(Running present) {
    present.sharing().set(false);
    acquisition.share(present.tools());
  }

  private void compare(Running present, AccountId account) {
    present.accounts().remove(account);
    reconciler.one(account);
    acquisition.take(account, present.tools());
  }
}
