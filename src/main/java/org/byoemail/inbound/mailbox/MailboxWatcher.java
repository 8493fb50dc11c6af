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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * One mailbox under one lease, as a machine of states. {@link #step} does what is due and is called
 * by one thread at a time; the rest may be called by any thread. Nothing here waits for time to
 * pass: {@link #isDue} says when there is something to do.
 */
final class MailboxWatcher {
  private static final Logger log = LoggerFactory.getLogger(MailboxWatcher.class);

  private static final Duration SLOW = Duration.ofSeconds(20);
  private static final int TIMES_AS_LONG = 4;
  private static final Duration SLICE = Duration.ofSeconds(2);
  private static final Duration CROWDED = Duration.ofMillis(500);
  private static final Duration MEMORY_IS_BUSY = Duration.ofSeconds(1);

  private final WatcherServices tools;
  private final Lease lease;
  private final Instant since;
  private final FetchFailureTracker failures;
  private final FatalMailGuard fatal;
  private final MailboxBackoff backoff;
  private final AtomicBoolean told = new AtomicBoolean();
  private final AtomicBoolean asked = new AtomicBoolean();
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile Runnable wake = () -> {};
  private volatile Runnable atEnd = () -> {};
  private volatile Account account;
  private volatile MailboxState state = MailboxState.CONNECTING;
  private volatile @Nullable MailboxState end;
  private volatile @Nullable Instant due;
  private volatile @Nullable String trouble;
  private volatile @Nullable FolderSession session;
  private Instant notBefore = Instant.MIN;
  private boolean resuming;

  MailboxWatcher(Account account, Lease lease, WatcherServices tools) {
    this.account = account;
    this.lease = lease;
    this.tools = tools;
    this.since = tools.clock().instant();
    this.failures = new FetchFailureTracker(tools.clock());
    this.fatal = new FatalMailGuard(tools.rows());
    this.backoff = new MailboxBackoff(tools.accountHealth(), tools.clock(), tools.random());
    this.due = since;
  }

  /** Says how to have {@link #step} called soon. */
  void onWake(Runnable how) {
    wake = how;
  }

  /** Says what to do when it is over and has left the server. */
  void onEnd(Runnable what) {
    atEnd = what;
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
    return new MailboxStatus(
        account.id(), lease.mailbox(), account.settings().folder(), state, since, due, trouble);
  }

  boolean isDue(Instant now) {
    Instant at = due;
    return at != null && !now.isBefore(at);
  }

  /** Whether it was let go. */
  boolean isOver() {
    return end != null;
  }

  /** Whether it was let go for that reason. */
  boolean isOver(MailboxState how) {
    return end == how;
  }

  /** The account has changed in what does not concern its mailbox. */
  void changed(Account other) {
    account = other;
  }

  /** Looks for new mail now, whatever it waits for. */
  void pollNow() {
    asked.set(true);
    wake.run();
  }

  /** Ends it in that state: the server is left and the lease not used again. */
  void letGo(MailboxState how) {
    end = end == null ? how : end;
    wake.run();
  }

  /** Cuts the connection, for one that does not let go in time. */
  void abort() {
    FolderSession open = session;
    if (open != null) {
      open.abort();
    }
  }

  /** Does what is due. */
  void step() {
    boolean news = told.getAndSet(false);
    boolean wanted = asked.getAndSet(false);
    Instant now = tools.clock().instant();
    if (end == null && !wanted && now.isBefore(notBefore)) {
      if (news) {
        told.set(true);
      }
      due = notBefore;
      return;
    }
    if (end == null && (news || wanted || isDue(now))) {
      try {
        work(news, wanted);
        makeWay();
      } catch (HostBusy e) {
        state = MailboxState.CONNECTING;
        due = e.until();
      } catch (MailMemoryExhausted e) {
        // Woken before, as a rule.
        trouble = e.getMessage();
        due = tools.clock().instant().plus(MEMORY_IS_BUSY);
      } catch (LeaseLost e) {
        log.warn("{}: another watcher took it, this one lets go", this);
        end = MailboxState.LOST;
      } catch (InboundDeliveryFailed e) {
        ownTrouble(e.reason(), e);
        tellOwnTrouble(e);
      } catch (FetchFailed e) {
        stuck(e);
      } catch (MessagingException | ConnectionFailed e) {
        serverTrouble(e);
      } catch (RuntimeException | Error e) {
        // An Error too: else this mailbox would never be due again.
        ownTrouble(e.getClass().getSimpleName(), e);
      }
    }
    if (end != null) {
      finish();
    }
  }

  private void work(boolean news, boolean wanted) throws MessagingException {
    FolderSession present = session;
    if (present == null && !mayConnect(wanted)) {
      return;
    }
    if (state == MailboxState.IDLE
        && present != null
        && !present.isWoken(news, wanted, this::news)) {
      backoff.holds(account, present.connectedAt(), false);
      due = next(present);
      return;
    }
    due = null;
    CatchUp.Run run = tools.observations().observe(account, this::look);
    backoff.looked(account);
    trouble = null;
    FolderSession now = session;
    if (now == null || end != null) {
      return;
    }
    if (run.more()) {
      backoff.holds(account, now.connectedAt(), false);
      due = tools.clock().instant();
      wake.run();
    } else {
      state = now.rest(account, this::news);
      backoff.holds(account, now.connectedAt(), !now.isKept());
      due = next(now);
      if (!now.isKept()) {
        leave();
      }
    }
  }

  private Instant next(FolderSession resting) {
    Instant next = resting.due(account, state);
    Instant proven = backoff.provenAt(resting.connectedAt());
    return proven != null && proven.isBefore(next) ? proven : next;
  }

  /** A server that takes long for its answers takes threads that others have less of. */
  private void makeWay() {
    Turn turn = WorkQueue.present();
    if (turn != null && turn.longestWait().compareTo(SLOW) > 0) {
      Duration rest = turn.longestWait().multipliedBy(TIMES_AS_LONG);
      notBefore = tools.clock().instant().plus(rest);
      log.info(
          "{}: its server took {} to answer, and is left alone for {}",
          this,
          turn.longestWait(),
          rest);
    }
  }

  private boolean isKeepingOthers() {
    Turn turn = WorkQueue.present();
    return turn != null && turn.isKeepingOthersFor(SLICE);
  }

  private CatchUp.Run look() throws MessagingException {
    FolderSession present = session;
    if (present == null) {
      present = connect();
    } else if (resuming) {
      present.resume(account);
    }
    resuming = false;
    state = MailboxState.CATCHING_UP;
    return present.look(() -> end != null, this::isKeepingOthers);
  }

  /** Keeps to the backoff of earlier runs of this program, and to the pace the host is met at. */
  private boolean mayConnect(boolean wanted) {
    if (!begun.getAndSet(true) && !wanted) {
      Instant standing = backoff.standing(account);
      if (standing != null && standing.isAfter(tools.clock().instant())) {
        state = MailboxState.BACKING_OFF;
        due = standing;
        return false;
      }
    }
    Optional<Instant> later = tools.pacing().begin(host());
    if (later.isPresent()) {
      state = MailboxState.CONNECTING;
      due = later.get();
    }
    return later.isEmpty();
  }

  private FolderSession connect() throws MessagingException {
    RemoteFolder folder;
    state = MailboxState.CONNECTING;
    Gate gate = new Gate();
    try {
      folder = tools.folders().open(account, tools.after(account) != AfterIngest.NONE, gate);
    } finally {
      gate.leave();
      tools.pacing().end(host());
    }
    state = MailboxState.SELECTING;
    FolderSession made;
    try {
      made =
          new FolderSession(
              tools, account, lease, failures, fatal, folder, gate.address, this::memoryIsFree);
    } catch (MessagingException | RuntimeException e) {
      folder.close();
      throw e;
    }
    session = made;
    backoff.opened(account);
    return made;
  }

  private void memoryIsFree() {
    due = tools.clock().instant();
    wake.run();
  }

  /** Lets no more connect to one address at once than to one name: it may have a thousand. */
  private final class Gate implements ConnectionGate {
    private @Nullable String address;
    private boolean inside;

    @Override
    public void pass(InetAddress next) {
      leave();
      address = ServerAddresses.place(next);
      Turn turn = WorkQueue.present();
      if (turn != null && !turn.moveTo(address)) {
        throw new HostBusy(tools.clock().instant().plus(CROWDED));
      }
      Optional<Instant> later = tools.pacing().beginAt(address);
      if (later.isPresent()) {
        throw new HostBusy(later.get());
      }
      inside = true;
    }

    private void leave() {
      if (inside && address != null) {
        tools.pacing().end(address);
        inside = false;
      }
    }
  }

  private void news() {
    told.set(true);
    wake.run();
  }

  private void ownTrouble(String words, Throwable e) {
    if (words.equals(trouble)) {
      log.debug("{} waits once more", this, e);
    } else {
      log.warn("{} waits, for a reason that is not its server's: {}", this, words, e);
    }
    trouble = words;
    state = MailboxState.BACKING_OFF;
    resuming = true;
    due = backoff.afterOwnTrouble();
  }

  /** In the account's health, unless it is the database that is in trouble. */
  private void tellOwnTrouble(InboundDeliveryFailed e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof DataAccessException || cause instanceof TransactionException) {
        return;
      }
    }
    Instant until = due;
    if (until != null) {
      try {
        backoff.heldUpByUs(account, e.reason(), until);
      } catch (RuntimeException own) {
        log.warn("{}: that it waits cannot be recorded", this, own);
      }
    }
  }

  /** The account works, but for one mail. */
  private void stuck(FetchFailed e) {
    if (!(e.getCause() instanceof RemoteFolder.Refused)) {
      leave();
    }
    trouble = e.getMessage();
    state = MailboxState.BACKING_OFF;
    resuming = true;
    try {
      due = backoff.afterFetchFailure(account, failures.of(e.uid()), String.valueOf(trouble));
      log.info("{} waits until {}: {}", this, due, trouble);
    } catch (RuntimeException own) {
      ownTrouble(own.getClass().getSimpleName(), own);
    }
  }

  private void serverTrouble(Exception e) {
    FolderSession broken = leave();
    String words = String.valueOf(e.getMessage());
    trouble = words;
    state = MailboxState.BACKING_OFF;
    try {
      due = backoff.afterServerTrouble(account, broken == null ? null : broken.connectedAt(), e);
      log.info("{} waits until {}: {}", this, due, words);
    } catch (RuntimeException own) {
      ownTrouble(own.getClass().getSimpleName(), own);
    }
  }

  private @Nullable FolderSession leave() {
    FolderSession open = session;
    session = null;
    if (open != null) {
      open.close();
    }
    return open;
  }

  private void finish() {
    leave();
    due = null;
    MailboxState how = end;
    state = how == null ? state : how;
    if (ended.compareAndSet(false, true)) {
      atEnd.run();
    }
  }

  private String host() {
    return account.server(Protocol.IMAP).host();
  }

  /** Names ids only. */
  @Override
  public String toString() {
    return "mailbox " + lease.mailbox() + " of account " + account.id();
  }
}
