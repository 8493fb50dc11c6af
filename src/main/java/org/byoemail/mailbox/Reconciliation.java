package org.byoemail.mailbox;

import io.micrometer.observation.ObservationRegistry;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.byoemail.account.Account;
import org.byoemail.account.Accounts;
import org.byoemail.account.Healths;
import org.byoemail.lease.Leases;
import org.byoemail.mail.AccountId;
import org.byoemail.rollout.Rollout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Keeps what is watched in step with the accounts, for as long as the consumer runs: takes the
 * leases of those that are to be watched, lets the others go.
 */
@Component
class Reconciliation {
  private static final Logger log = LoggerFactory.getLogger(Reconciliation.class);
  private static final long TICK_MILLIS = 200;

  private final Accounts accounts;
  private final Rollout rollout;
  private final MailboxRows rows;
  private final Leases leases;
  private final Watchers watchers;
  private final MailboxThreads threads;
  private final MailboxSettings settings;
  private final Healths healths;
  private final FolderOpener folders;
  private final ObservationRegistry observations;
  private final Clock clock;
  private final AtomicBoolean requested = new AtomicBoolean();
  private final AtomicBoolean failing = new AtomicBoolean();
  private @Nullable Running running;

  Reconciliation(
      Accounts accounts,
      Rollout rollout,
      MailboxRows rows,
      Leases leases,
      Watchers watchers,
      MailboxThreads threads,
      MailboxSettings settings,
      Healths healths,
      FolderOpener folders,
      ObservationRegistry observations,
      Clock clock) {
    this.accounts = accounts;
    this.rollout = rollout;
    this.rows = rows;
    this.leases = leases;
    this.watchers = watchers;
    this.threads = threads;
    this.settings = settings;
    this.healths = healths;
    this.folders = folders;
    this.observations = observations;
    this.clock = clock;
  }

  private record Running(
      WatchTools tools,
      ExecutorService thread,
      ScheduledFuture<?> ticks,
      ScheduledFuture<?> comparisons) {}

  /** Begins: leases are taken in the background, so that a database that is away delays nobody. */
  synchronized void start(Delivery delivery, boolean markSeen) {
    if (running != null) {
      throw new IllegalStateException("one route takes in the mail of all mailboxes of a node");
    }
    WatchTools tools =
        new WatchTools(
            rows,
            healths,
            folders,
            delivery,
            markSeen,
            new LoginPacing(clock, settings.loginsPerHost(), settings.loginInterval()),
            new PollObservations(observations),
            settings,
            clock,
            RandomGenerator.getDefault());
    long interval = settings.reconcileInterval().toMillis();
    running =
        new Running(
            tools,
            Executors.newSingleThreadExecutor(MailboxThreads.named("reconcile")),
            threads
                .timer()
                .scheduleWithFixedDelay(
                    () -> guarded(() -> watchers.tick(clock.instant())),
                    TICK_MILLIS,
                    TICK_MILLIS,
                    TimeUnit.MILLISECONDS),
            threads
                .timer()
                .scheduleWithFixedDelay(
                    () -> guarded(this::request), 0, interval, TimeUnit.MILLISECONDS));
  }

  // A timer drops for good what throws once.
  private static void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      log.error("Looking after the mailboxes stumbled and goes on", e);
    }
  }

  /** Lets all mailboxes go; returns when it is done. */
  void stop() {
    Running ending;
    synchronized (this) {
      ending = running;
      running = null;
    }
    if (ending == null) {
      return;
    }
    ending.comparisons().cancel(false);
    ending.thread().shutdown();
    long deadline = System.nanoTime() + settings.stopTimeout().toNanos();
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
  }

  /** Compares soon, in the background; does nothing where no consumer runs. */
  synchronized void request() {
    Running present = running;
    if (present != null && requested.compareAndSet(false, true)) {
      present.thread().execute(() -> compare(present.tools()));
    }
  }

  private void compare(WatchTools tools) {
    requested.set(false);
    try {
      reconcile(tools);
      failing.set(false);
    } catch (RuntimeException e) {
      if (!failing.getAndSet(true)) {
        log.warn("The accounts cannot be compared with what is watched; tried again", e);
      }
    }
  }

  private void reconcile(WatchTools tools) {
    Map<AccountId, Account> wanted = new HashMap<>();
    accounts.receiving().stream()
        .filter(rollout::isOn)
        .filter(account -> account.settings().imap() != null)
        .forEach(account -> wanted.put(account.id(), account));
    Map<UUID, Mailbox> mailboxes = new HashMap<>();
    rows.all().forEach(mailbox -> mailboxes.put(mailbox.id(), mailbox));
    Set<UUID> kept = new HashSet<>();
    for (Watch watch : watchers.all()) {
      if (keep(watch, wanted.get(watch.account().id()), mailboxes.get(watch.lease().mailbox()))) {
        kept.add(watch.lease().mailbox());
      }
    }
    for (Mailbox mailbox : mailboxes.values()) {
      Account account = wanted.get(mailbox.account());
      if (account != null && !kept.contains(mailbox.id())) {
        leases
            .acquire(mailbox.id())
            .ifPresent(lease -> watchers.add(new Watch(account, lease, tools)));
      }
    }
  }

  private boolean keep(Watch watch, @Nullable Account account, @Nullable Mailbox mailbox) {
    if (account == null || mailbox == null || !mailbox.account().equals(account.id())) {
      boolean paused =
          accounts
              .find(watch.account().id())
              .filter(found -> found.inboundEnabled() && found.isPaused() && mailbox != null)
              .isPresent();
      watch.letGo(MailboxState.PAUSED);
      if (!paused) {
        watchers.remove(watch);
      }
      return paused;
    }
    if (watch.isOver()) {
      // One that another node took is left to it until the account changes.
      return watch.isLost() && watch.account().version() == account.version();
    }
    if (mailbox.fence() != watch.lease().fence()) {
      log.warn("{}: another watcher took it, this one lets go", watch);
      watch.letGo(MailboxState.LOST);
      return true;
    }
    if (!Watchers.alike(watch.account(), account)) {
      watch.letGo(MailboxState.PAUSED);
      return false;
    }
    watch.changed(account);
    return true;
  }
}
