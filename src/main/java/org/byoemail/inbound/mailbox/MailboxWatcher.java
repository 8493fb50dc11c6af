package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.byoemail.account.connection.ConnectionFailed;
import org.byoemail.account.connection.ConnectionGate;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.Protocol;
import org.byoemail.inbound.mailbox.WorkQueue.Turn;
import org.byoemail.platform.lease.Lease;
import org.byoemail.platform.retry.DatabaseErrors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Watches one mailbox under one lease, as a state machine. {@link #step} does what is due and is
 * called by one thread at a time; other methods may be called by any thread. Nothing here sleeps:
 * {@link #isDue} says when there is work.
 */
final class MailboxWatcher {
  private static final Logger log = LoggerFactory.getLogger(MailboxWatcher.class);

  private static final Duration SLOW_SERVER = Duration.ofSeconds(20);
  private static final int SLOW_SERVER_PAUSE_FACTOR = 4;
  private static final Duration MAX_TURN = Duration.ofSeconds(2);
  private static final Duration HOST_BUSY_RETRY = Duration.ofMillis(500);
  private static final Duration MEMORY_RETRY = Duration.ofSeconds(1);

  private final WatcherServices services;
  private final String folder;
  private final Lease lease;
  private final Instant since;
  private final MailFailures failures;
  private final MailboxBackoff backoff;
  private final AtomicBoolean serverNotified = new AtomicBoolean();
  private final AtomicBoolean pollRequested = new AtomicBoolean();
  private final AtomicBoolean workRequested = new AtomicBoolean();
  private final AtomicBoolean backoffChecked = new AtomicBoolean();
  private final AtomicBoolean endReported = new AtomicBoolean();
  private volatile Runnable onWake = () -> {};
  private volatile Runnable onEnd = () -> {};
  private volatile Account account;
  private volatile MailboxState state = MailboxState.CONNECTING;
  private volatile @Nullable MailboxState endState;
  private volatile @Nullable Instant due;
  private volatile @Nullable String lastError;
  private volatile @Nullable FolderSession session;
  private Instant notBefore = Instant.MIN;
  private boolean resumeFromCursor;

  /**
   * @param folder the one of the account's folders that it watches
   */
  MailboxWatcher(Account account, String folder, Lease lease, WatcherServices services) {
    this.account = account;
    this.folder = folder;
    this.lease = lease;
    this.services = services;
    this.since = services.clock().instant();
    this.failures = new MailFailures(services.rows(), services.clock());
    this.backoff =
        new MailboxBackoff(
            new MailboxHealth(services.rows().health(), services.accountHealth(), folder, lease),
            services.clock(),
            services.random());
    this.due = since;
  }

  /** Sets how to have {@link #step} called soon. */
  void onWake(Runnable target) {
    onWake = target;
  }

  /** Sets what to call when the watcher has stopped and disconnected. */
  void onEnd(Runnable what) {
    onEnd = what;
  }

  Account account() {
    return account;
  }

  Lease lease() {
    return lease;
  }

  MailboxState state() {
    return state;
  }

  MailboxStatus status() {
    return new MailboxStatus(account.id(), lease.mailbox(), folder, state, since, due, lastError);
  }

  boolean isDue(Instant now) {
    Instant at = due;
    return at != null && !now.isBefore(at);
  }

  /** Whether the watcher was stopped. */
  boolean isStopped() {
    return endState != null;
  }

  /** Whether the watcher was stopped with that state. */
  boolean isStopped(MailboxState target) {
    return endState == target;
  }

  /** The account has changed, but not what concerns its connection. */
  void changed(Account other) {
    account = other;
  }

  /** Polls now, whatever it waits for. */
  void pollNow() {
    pollRequested.set(true);
    onWake.run();
  }

  /** There is work: done soon if the watcher waits for mail, else when it is due anyway. */
  void wake() {
    workRequested.set(true);
    onWake.run();
  }

  /** Stops with that final state: the connection is closed and the lease not used again. */
  void stop(MailboxState target) {
    endState = endState == null ? target : endState;
    onWake.run();
  }

  /** Closes the socket, if the watcher does not stop in time. */
  void abort() {
    FolderSession current = session;
    if (current != null) {
      current.abort();
    }
  }

  /** Does what is due. */
  void step() {
    boolean notified = serverNotified.getAndSet(false);
    boolean pollWanted = pollRequested.getAndSet(false);
    // Requests must not make a mailbox that backs off log in.
    boolean workWanted =
        workRequested.getAndSet(false)
            && (state == MailboxState.IDLE || state == MailboxState.POLLING);
    Instant now = services.clock().instant();
    if (endState == null && !pollWanted && now.isBefore(notBefore)) {
      if (notified) {
        serverNotified.set(true);
      }
      workRequested.set(workWanted);
      due = notBefore;
      return;
    }
    if (endState == null && (notified || pollWanted || workWanted || isDue(now))) {
      try {
        runIfReady(notified, pollWanted, workWanted);
        pauseAfterSlowServer();
      } catch (HostConnectionLimitReached e) {
        state = MailboxState.CONNECTING;
        due = e.until();
      } catch (MailMemoryExhausted e) {
        // Usually woken earlier.
        lastError = e.getMessage();
        due = services.clock().instant().plus(MEMORY_RETRY);
      } catch (LeaseLost e) {
        log.warn("{}: another node took the lease, watching stops here", this);
        endState = MailboxState.LOST;
      } catch (InboundDeliveryFailed e) {
        internalFailure(e.reason(), e);
        recordInternalFailure(e);
      } catch (FetchFailed e) {
        fetchFailure(e);
      } catch (MessagingException | ConnectionFailed e) {
        serverFailure(e);
      } catch (RuntimeException | Error e) {
        // An Error too: otherwise this mailbox would never be due again.
        internalFailure(e.getClass().getSimpleName(), e);
      }
    }
    if (endState != null) {
      finish();
    }
  }

  private void runIfReady(boolean notified, boolean pollWanted, boolean workWanted)
      throws MessagingException {
    FolderSession present = session;
    if (present == null && !mayConnectNow(pollWanted)) {
      return;
    }
    if (state == MailboxState.IDLE
        && present != null
        && !present.isWakeNeeded(notified, pollWanted || workWanted, this::notified)) {
      backoff.connectionHeld(account, present.connectedAt(), false);
      due = next(present);
      return;
    }
    due = null;
    CatchUp.Run run = services.observations().observe(account, this::catchUp);
    backoff.caughtUp(account);
    lastError = null;
    FolderSession now = session;
    if (now == null || endState != null) {
      return;
    }
    if (run.more()) {
      backoff.connectionHeld(account, now.connectedAt(), false);
      due = services.clock().instant();
      onWake.run();
    } else {
      state = now.awaitMail(account, this::notified);
      backoff.connectionHeld(account, now.connectedAt(), !now.isKept());
      due = next(now);
      if (!now.isKept()) {
        disconnect();
      }
    }
  }

  private Instant next(FolderSession resting) {
    Instant next = resting.due(account, state);
    Instant stable = backoff.stableAt(resting.connectedAt());
    return stable != null && stable.isBefore(next) ? stable : next;
  }

  /** A slow server occupies threads that other mailboxes lack. */
  private void pauseAfterSlowServer() {
    Turn turn = WorkQueue.current();
    if (turn != null && turn.longestWait().compareTo(SLOW_SERVER) > 0) {
      Duration rest = turn.longestWait().multipliedBy(SLOW_SERVER_PAUSE_FACTOR);
      notBefore = services.clock().instant().plus(rest);
      log.info("{}: the server took {} to respond; paused for {}", this, turn.longestWait(), rest);
    }
  }

  private boolean isTurnUsedUp() {
    Turn turn = WorkQueue.current();
    return turn != null && turn.exceeds(MAX_TURN);
  }

  private CatchUp.Run catchUp() throws MessagingException {
    FolderSession present = session;
    if (present == null) {
      present = connect();
    } else if (resumeFromCursor) {
      present.resume(account);
    }
    resumeFromCursor = false;
    state = MailboxState.CATCHING_UP;
    return present.catchUpRun(() -> endState != null, this::isTurnUsedUp);
  }

  /** Honours the backoff recorded by others, and the login pacing of the host. */
  private boolean mayConnectNow(boolean pollWanted) {
    boolean first = !backoffChecked.getAndSet(true);
    // Another folder of the account may have failed to log in meanwhile.
    if (!pollWanted && (first || account.settings().hasSeveralFolders())) {
      Instant recorded = backoff.recordedUntil(account);
      if (recorded != null && recorded.isAfter(services.clock().instant())) {
        state = MailboxState.BACKING_OFF;
        due = recorded;
        return false;
      }
    }
    Optional<Instant> retryAt = services.pacing().begin(host());
    if (retryAt.isPresent()) {
      state = MailboxState.CONNECTING;
      due = retryAt.get();
    }
    return retryAt.isEmpty();
  }

  private FolderSession connect() throws MessagingException {
    RemoteFolder opened;
    state = MailboxState.CONNECTING;
    PacedAddressGate gate = new PacedAddressGate();
    try {
      opened =
          services
              .folders()
              .open(account, folder, services.after(account) != AfterIngest.NONE, gate);
    } finally {
      gate.release();
      services.pacing().end(host());
    }
    state = MailboxState.SELECTING;
    FolderSession made;
    try {
      made =
          new FolderSession(
              services, account, lease, failures, opened, gate.address, this::onMemoryFree);
    } catch (MessagingException | RuntimeException e) {
      opened.close();
      throw e;
    }
    session = made;
    backoff.folderOpened(account);
    return made;
  }

  private void onMemoryFree() {
    due = services.clock().instant();
    onWake.run();
  }

  /** Paces connections by address too: a thousand host names may share one. */
  private final class PacedAddressGate implements ConnectionGate {
    private @Nullable String address;
    private boolean inside;

    @Override
    public void pass(InetAddress next) {
      release();
      address = ServerAddresses.key(next);
      Turn turn = WorkQueue.current();
      if (turn != null && !turn.moveTo(address)) {
        throw new HostConnectionLimitReached(services.clock().instant().plus(HOST_BUSY_RETRY));
      }
      Optional<Instant> retryAt = services.pacing().beginAt(address);
      if (retryAt.isPresent()) {
        throw new HostConnectionLimitReached(retryAt.get());
      }
      inside = true;
    }

    private void release() {
      if (inside && address != null) {
        services.pacing().end(address);
        inside = false;
      }
    }
  }

  private void notified() {
    serverNotified.set(true);
    onWake.run();
  }

  private static boolean isDatabaseAway(Throwable e) {
    return DatabaseErrors.isUnavailable(e instanceof InboundDeliveryFailed ? e.getCause() : e);
  }

  private void internalFailure(String message, Throwable e) {
    if (message.equals(lastError)) {
      log.debug("{} backs off again", this, e);
    } else if (isDatabaseAway(e)) {
      log.warn("{} backs off while the database does not answer: {}", this, message);
    } else {
      log.warn("{} backs off after an internal failure: {}", this, message, e);
    }
    lastError = message;
    state = MailboxState.BACKING_OFF;
    resumeFromCursor = true;
    due = backoff.afterInternalFailure();
  }

  /** Records it in the account's health, unless it is the database that fails. */
  private void recordInternalFailure(InboundDeliveryFailed e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof DataAccessException || cause instanceof TransactionException) {
        return;
      }
    }
    Instant until = due;
    if (until != null) {
      try {
        backoff.recordInternalFailure(account, e.reason(), until);
      } catch (RuntimeException inner) {
        log.warn("{}: the internal failure cannot be recorded", this, inner);
      }
    }
  }

  /** The account works, except for one mail. */
  private void fetchFailure(FetchFailed e) {
    if (!(e.getCause() instanceof RemoteFolder.Refused)) {
      disconnect();
    }
    lastError = e.getMessage();
    state = MailboxState.BACKING_OFF;
    resumeFromCursor = true;
    try {
      due =
          backoff.afterFetchFailure(
              account, failures.fetching().of(e.uid()), String.valueOf(lastError));
      log.info("{} backs off until {}: {}", this, due, lastError);
    } catch (RuntimeException inner) {
      internalFailure(inner.getClass().getSimpleName(), inner);
    }
  }

  private void serverFailure(Exception e) {
    FolderSession broken = disconnect();
    String message = String.valueOf(e.getMessage());
    lastError = message;
    state = MailboxState.BACKING_OFF;
    try {
      due = backoff.afterServerFailure(account, broken == null ? null : broken.connectedAt(), e);
      log.info("{} backs off until {}: {}", this, due, message);
    } catch (RuntimeException inner) {
      internalFailure(inner.getClass().getSimpleName(), inner);
    }
  }

  private @Nullable FolderSession disconnect() {
    FolderSession current = session;
    session = null;
    if (current != null) {
      current.close();
    }
    return current;
  }

  private void finish() {
    disconnect();
    due = null;
    MailboxState target = endState;
    state = target == null ? state : target;
    if (endReported.compareAndSet(false, true)) {
      onEnd.run();
    }
  }

  private String host() {
    return account.server(Protocol.IMAP).host();
  }

  /** Ids only. */
  @Override
  public String toString() {
    return "mailbox " + lease.mailbox() + " of account " + account.id();
  }
}
