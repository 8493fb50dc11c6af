package org.byoemail.mailbox;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.byoemail.account.AccountChanged;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Tells this node at once, and the others by Redis, that an account has changed. A notice that gets
 * lost is made up for by the regular comparison.
 */
@Component("accountNotices")
public class AccountNotices implements DisposableBean {
  /** The channel that the route {@code account-changed} listens to. */
  static final String CHANNEL = "byo.account.changed";

  private static final Logger log = LoggerFactory.getLogger(AccountNotices.class);
  private static final int MOST_WAITING = 1000;

  private final Reconciliation reconciliation;
  private final StringRedisTemplate redis;
  private final AtomicBoolean silent = new AtomicBoolean();
  private final ExecutorService sender =
      new ThreadPoolExecutor(
          0,
          1,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MOST_WAITING),
          MailboxThreads.named("notices"),
          new ThreadPoolExecutor.DiscardPolicy());

  AccountNotices(Reconciliation reconciliation, StringRedisTemplate redis) {
    this.reconciliation = reconciliation;
    this.redis = redis;
  }

  /** Another node tells of a change. */
  public void received() {
    reconciliation.request();
  }

  @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT, fallbackExecution = true)
  void changed(AccountChanged change) {
    reconciliation.request();
    sender.execute(() -> tell(change));
  }

  private void tell(AccountChanged change) {
    try {
      redis.convertAndSend(CHANNEL, change.account().toString());
      silent.set(false);
    } catch (DataAccessException e) {
      if (!silent.getAndSet(true)) {
        log.warn(
            "Redis is away: other nodes learn of changed accounts by comparison only ({})",
            e.getMessage());
      }
    }
  }

  @Override
  public void destroy() {
    sender.shutdown();
  }
}
