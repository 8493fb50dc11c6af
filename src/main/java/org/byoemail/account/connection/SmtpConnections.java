package org.byoemail.account.connection;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.mail.MessagingException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.commons.pool2.impl.GenericKeyedObjectPool;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountChanged;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * The pool of SMTP connections. A connection belongs to one version of an account, and is dropped
 * when the account changes. Safe for use by many threads.
 */
@Component
public class SmtpConnections implements DisposableBean {
  /** Work with a borrowed connection. */
  @FunctionalInterface
  public interface Work<T> {
    /** Uses the connection on the calling thread, and keeps no reference to it. */
    T with(SmtpConnection connection) throws MessagingException;
  }

  private static final Logger log = LoggerFactory.getLogger(SmtpConnections.class);
  private static final int CLOSERS = 2;
  private static final long CLOSED_SOON = 1000;
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final ConnectionSettings.Pool settings;
  private final SmtpConnector opener;
  private final Function<Collection<AccountId>, Map<AccountId, Long>> versions;
  private final Duration attemptDeadline;
  private final Clock clock;
  // A server that does not read QUIT must not delay the request that changes an account.
  private final ThreadPoolExecutor closing =
      new ThreadPoolExecutor(
          CLOSERS,
          CLOSERS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          new CustomizableThreadFactory("byo-smtp-closing-"));
  private final GenericKeyedObjectPool<SmtpPoolKey, SmtpConnection> pool;
  private final Map<AccountId, Integer> changes = new ConcurrentHashMap<>();
  private volatile Instant lookedAt = Instant.MIN;

  @Autowired
  SmtpConnections(
      ConnectionSettings settings,
      SmtpConnector opener,
      Accounts accounts,
      Clock clock,
      MeterRegistry meters) {
    this(settings, opener, accounts::versions, clock, meters);
  }

  /**
   * @param versions returns the current versions of accounts; deleted ones are missing
   */
  SmtpConnections(
      ConnectionSettings settings,
      SmtpConnector opener,
      Function<Collection<AccountId>, Map<AccountId, Long>> versions,
      Clock clock,
      MeterRegistry meters) {
    this.settings = settings.pool();
    this.attemptDeadline = settings.tryDeadline();
    this.versions = versions;
    this.opener = opener;
    closing.allowCoreThreadTimeOut(true);
    this.clock = clock;
    SmtpConnectionFactory factory = new SmtpConnectionFactory(opener, settings.pool(), clock);
    this.pool = new GenericKeyedObjectPool<>(factory, factory.poolConfig());
    Gauge.builder("byo.smtp.connections", pool, GenericKeyedObjectPool::getNumActive)
        .tag("state", "used")
        .register(meters);
    Gauge.builder("byo.smtp.connections", pool, GenericKeyedObjectPool::getNumIdle)
        .tag("state", "idle")
        .register(meters);
    Gauge.builder("byo.smtp.connections.waiting", pool, GenericKeyedObjectPool::getNumWaiters)
        .register(meters);
  }

  /**
   * The most connections that an account has at a time, over all nodes, unless it is set for it.
   */
  public int perAccount() {
    return settings.perAccount();
  }

  /**
   * The network of the address that a host was connected to last (24 bits of IPv4, 48 of IPv6), or
   * the host where that is not known.
   */
  public String networkOf(String host) {
    return opener.networkOf(host);
  }

  /** The most connections that this node has at a time. */
  public int total() {
    return settings.total();
  }

  /** The deadline of an attempt that begins now. */
  public Deadline attemptDeadline() {
    return Deadline.in(attemptDeadline);
  }

  /**
   * Borrows a connection for some work. A normal return gives it back, unless it is broken; an
   * exception discards it.
   *
   * @param deadline the deadline of connecting and of the work
   * @throws ConnectionFailed if the server cannot be connected to, or the deadline has passed
   * @throws PoolExhausted if every connection stays in use
   * @throws MessagingException what the work throws
   */
  public <T> T use(Account account, Deadline deadline, Work<T> work) throws MessagingException {
    if (deadline.isOver()) {
      throw new ConnectionFailures(account, Protocol.SMTP)
          .at(Stage.CONNECT, "did not answer in time", null, null);
    }
    SmtpPoolKey key = new SmtpPoolKey(account);
    int seen = changes.getOrDefault(account.id(), 0);
    SmtpConnection connection = borrow(key);
    boolean keep = false;
    try {
      connection.deadline(deadline);
      T result = work.with(connection);
      keep = connection.isUsable() && seen == changes.getOrDefault(account.id(), 0);
      return result;
    } finally {
      giveBack(key, connection, keep);
    }
  }

  /**
   * Runs an SMTP dialogue within the deadline of an attempt. A pooled connection that turns out to
   * be dead says nothing about the mail: the next connection is used.
   *
   * @param needsAnother whether the dialogue over a kept connection is to be repeated over another
   * @throws ConnectionFailed if the server cannot be connected to, or the deadline has passed
   * @throws PoolExhausted if every connection stays in use
   * @throws MessagingException what the work throws
   */
  public SmtpDialogue converse(
      Account account, Predicate<SmtpDialogue> needsAnother, Work<SmtpDialogue> work)
      throws MessagingException {
    Deadline deadline = attemptDeadline();
    for (int kept = total(); ; kept--) {
      boolean[] reused = new boolean[1];
      SmtpDialogue dialogue =
          use(
              account,
              deadline,
              connection -> {
                reused[0] = connection.isReused();
                return work.with(connection);
              });
      if (kept == 0 || !reused[0] || !needsAnother.test(dialogue)) {
        return dialogue;
      }
    }
  }

  /**
   * Drops the connections of accounts that were changed on another node. Checks at most every 10 s.
   */
  public void dropOutdated() {
    Instant now = clock.instant();
    if (now.isBefore(lookedAt.plus(LOOK)) && !now.isBefore(lookedAt)) {
      return;
    }
    lookedAt = now;
    List<SmtpPoolKey> kept = pool.getKeys();
    if (kept.isEmpty()) {
      return;
    }
    Map<AccountId, Long> present =
        versions.apply(kept.stream().map(SmtpPoolKey::id).distinct().toList());
    for (SmtpPoolKey key : kept) {
      // The platform relay has no row.
      if (present.getOrDefault(key.id(), key.account().version()) != key.account().version()) {
        pool.clear(key);
      }
    }
  }

  @TransactionalEventListener(fallbackExecution = true)
  void accountChanged(AccountChanged change) {
    changes.merge(change.account(), 1, Integer::sum);
    List<SmtpPoolKey> kept =
        pool.getKeys().stream().filter(key -> key.id().equals(change.account())).toList();
    if (kept.isEmpty()) {
      return;
    }
    try {
      closing.submit(() -> kept.forEach(pool::clear)).get(CLOSED_SOON, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.info(
          "closing the SMTP connections of account {} takes more than a second",
          change.account(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private SmtpConnection borrow(SmtpPoolKey key) {
    try {
      return pool.borrowObject(key);
    } catch (ConnectionFailed e) {
      throw e;
    } catch (NoSuchElementException e) {
      throw new PoolExhausted(key.id());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PoolExhausted(key.id());
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("cannot borrow an SMTP connection", e);
    }
  }

  private void giveBack(SmtpPoolKey key, SmtpConnection connection, boolean keep) {
    try {
      if (keep) {
        pool.returnObject(key, connection);
      } else {
        pool.invalidateObject(key, connection);
      }
    } catch (Exception e) {
      // Not thrown: the work is done, and its outcome must be recorded.
      log.warn("an SMTP connection of account {} could not be given back", key, e);
    }
  }

  @Override
  public void destroy() {
    closing.shutdown();
    pool.close();
  }
}
