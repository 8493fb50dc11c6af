package org.byoemail.connection;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.mail.MessagingException;
import java.time.Clock;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.pool2.impl.GenericKeyedObjectPool;
import org.byoemail.account.Account;
import org.byoemail.account.AccountChanged;
import org.byoemail.mail.AccountId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Lends SMTP connections, kept between mails. One belongs to an account in one version of its
 * settings, and is dropped at once when the account changes. Safe for use by many threads.
 */
@Component
public class SmtpConnections implements DisposableBean {
  /** What is done with a borrowed connection. */
  @FunctionalInterface
  public interface Work<T> {
    /** Uses the connection on the calling thread, and keeps no reference to it. */
    T with(SmtpConnection connection) throws MessagingException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(SmtpConnections.class);

  private final ConnectionSettings.Pool settings;
  private final SmtpConnectionFactory factory;
  private final GenericKeyedObjectPool<SmtpPoolKey, SmtpConnection> pool;
  private final Map<AccountId, Integer> changes = new ConcurrentHashMap<>();

  SmtpConnections(
      ConnectionSettings settings, SmtpOpener opener, Clock clock, MeterRegistry meters) {
    this.settings = settings.pool();
    this.factory = new SmtpConnectionFactory(opener, settings.pool(), clock);
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

  /** The most connections that one account has at a time. */
  public int perAccount() {
    return settings.perAccount();
  }

  /** The most connections that this node has at a time. */
  public int total() {
    return settings.total();
  }

  /**
   * Borrows a connection for the length of some work. A normal return keeps it for the next, unless
   * it broke; an exception discards it.
   *
   * @throws ConnectionFailed where the server cannot be connected to
   * @throws PoolExhausted where all connections stay in use: trouble of ours
   * @throws MessagingException what the work throws
   */
  public <T> T use(Account account, Work<T> work) throws MessagingException {
    SmtpPoolKey key = new SmtpPoolKey(account);
    int seen = changes.getOrDefault(account.id(), 0);
    SmtpConnection connection = borrow(key);
    boolean keep = false;
    try {
      T result = work.with(connection);
      keep = connection.isUsable() && seen == changes.getOrDefault(account.id(), 0);
      return result;
    } finally {
      giveBack(key, connection, keep);
    }
  }

  @TransactionalEventListener(fallbackExecution = true)
  void accountChanged(AccountChanged change) {
    changes.merge(change.account(), 1, Integer::sum);
    pool.getKeys().stream().filter(key -> key.id().equals(change.account())).forEach(pool::clear);
  }

  private SmtpConnection borrow(SmtpPoolKey key) {
    try {
      SmtpConnection connection = pool.borrowObject(key);
      factory.used(connection);
      return connection;
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
      // Not thrown: what was done with the connection is done, and must be recorded.
      LOG.warn("an SMTP connection of account {} could not be given back", key, e);
    }
  }

  @Override
  public void destroy() {
    pool.close();
  }
}
