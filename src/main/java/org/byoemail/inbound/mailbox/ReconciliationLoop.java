package org.byoemail.inbound.mailbox;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.platform.lease.LeaseListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Reconciles what is watched with the accounts and with the other nodes, while the consumer runs:
 * joins the cluster when it starts and hands its leases over when it stops. All of it runs on one
 * thread of its own.
 */
@Component
class ReconciliationLoop implements LeaseListener {
  private static final Logger log = LoggerFactory.getLogger(ReconciliationLoop.class);
  private static final long TICK_MILLIS = 200;

  private final AssignmentReconciler reconciler;
  private final MailboxAcquisition acquisition;
  private final LeaseHandover handover;
  private final MailboxWatchers watchers;
  private final MailboxThreads threads;
  private final MailboxSettings settings;
  private final WatcherServicesFactory services;
  private final AtomicBoolean failing = new AtomicBoolean();
  private @Nullable Running running;

  ReconciliationLoop(
      AssignmentReconciler reconciler,
      MailboxAcquisition acquisition,
      LeaseHandover handover,
      MailboxWatchers watchers,
      MailboxThreads threads,
      MailboxSettings settings,
      WatcherServicesFactory services) {
    this.reconciler = reconciler;
    this.acquisition = acquisition;
    this.handover = handover;
    this.watchers = watchers;
    this.threads = threads;
    this.settings = settings;
    this.services = services;
  }

  /** The state between a start and a stop, and the pending requests. */
  private record Running(
      WatcherServices services,
      ExecutorService thread,
      ScheduledFuture<?> ticks,
      ScheduledFuture<?> reconciliations,
      AtomicBoolean all,
      AtomicBoolean sharing,
      Set<AccountId> accounts) {}

  /**
   * Starts. Leases are acquired in the background, so that an unavailable database delays no start.
   */
  synchronized void start(InboundDelivery delivery, boolean markSeen) {
    if (running != null) {
      throw new IllegalStateException("only one route may consume mailbox:");
    }
    running =
        new Running(
            services.of(delivery, markSeen),
            Executors.newSingleThreadExecutor(MailboxThreads.named("reconcile")),
            every(TICK_MILLIS, TICK_MILLIS, watchers::tick),
            every(0, settings.reconcileInterval().toMillis(), this::request),
            new AtomicBoolean(),
            new AtomicBoolean(),
            ConcurrentHashMap.newKeySet());
    handover.onFree(this::requestSharing);
    handover.join(this);
  }

  private ScheduledFuture<?> every(long delay, long millis, Runnable work) {
    return threads
        .timer()
        .scheduleWithFixedDelay(() -> runGuarded(work), delay, millis, TimeUnit.MILLISECONDS);
  }

  // A scheduled task that throws is never run again.
  private static void runGuarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      log.error("A periodic mailbox task failed and continues", e);
    }
  }

  /** Hands all mailboxes over to the other nodes, and waits for it. */
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
    ending.reconciliations().cancel(false);
    handover.leaving();
    ending.thread().shutdown();
    try {
      if (!ending
          .thread()
          .awaitTermination(settings.stopTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("The reconciliation of accounts does not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    watchers.stopAll(deadline);
    ending.ticks().cancel(false);
    handover.leave();
  }

  /** Reconciles all mailboxes soon, in the background. A no-op unless started. */
  synchronized void request() {
    Running current = running;
    if (current != null && !current.all().getAndSet(true)) {
      execute(current, this::compareAll);
    }
  }

  /** Acquires and releases mailboxes soon, as the shares ask for. */
  synchronized void requestSharing() {
    Running current = running;
    if (current != null && !current.sharing().getAndSet(true)) {
      execute(current, this::share);
    }
  }

  /** Reconciles the mailboxes of one account soon. */
  synchronized void request(AccountId account) {
    Running current = running;
    if (current != null && current.accounts().add(account)) {
      execute(current, one -> compare(one, account));
    }
  }

  @Override
  public void lost(Set<MailboxId> mailboxes) {
    watchers.lost(mailboxes);
  }

  @Override
  public void changed() {
    requestSharing();
  }

  private void execute(Running current, Consumer<Running> work) {
    try {
      current.thread().execute(() -> runLogged(current, work));
    } catch (RejectedExecutionException e) {
      log.debug("A request is ignored while stopping", e);
    }
  }

  private void runLogged(Running current, Consumer<Running> work) {
    try {
      work.accept(current);
      failing.set(false);
    } catch (RuntimeException e) {
      if (!failing.getAndSet(true)) {
        log.warn(
            "The watched mailboxes cannot be reconciled with the accounts, will retry: {}",
            e.toString(),
            e instanceof DataAccessException ? null : e);
      }
    }
  }

  private void compareAll(Running current) {
    current.all().set(false);
    reconciler.reconcileAll();
    acquisition.share(current.services());
  }

  private void share(Running current) {
    current.sharing().set(false);
    acquisition.share(current.services());
  }

  private void compare(Running current, AccountId account) {
    current.accounts().remove(account);
    reconciler.reconcile(account);
    acquisition.take(account, current.services());
  }
}
