package org.byoemail.inbound.mailbox;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.byoemail.format.mail.AccountId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Publishes notices to all nodes, this one included, over Redis pub/sub, in the background. A lost
 * notice is made up for by the next reconciliation.
 */
@Component
class AccountChangeBroadcast implements DisposableBean {
  /** The channel that the route {@code account-changed} listens to. */
  static final String CHANNEL = "byo.account.changed";

  static final String CHANGED = "changed ";
  static final String POLL = "poll ";
  static final String WAKE = "wake ";
  static final String FREE = "free";
  static final String ROLLOUT = "rollout";

  private static final Logger log = LoggerFactory.getLogger(AccountChangeBroadcast.class);
  private static final int MAX_QUEUED = 1000;

  private final StringRedisTemplate redis;
  private final AtomicBoolean failing = new AtomicBoolean();
  private final ExecutorService sender =
      new ThreadPoolExecutor(
          0,
          1,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MAX_QUEUED),
          MailboxThreads.named("notices"),
          new ThreadPoolExecutor.DiscardPolicy());

  AccountChangeBroadcast(StringRedisTemplate redis) {
    this.redis = redis;
  }

  /** An account has changed. */
  void changed(AccountId account) {
    send(CHANGED + account);
  }

  /** The node that watches the mailbox of that account is to poll it. */
  void poll(AccountId account) {
    send(POLL + account);
  }

  /** The node that watches the mailbox of that account has work there. */
  void wake(AccountId account) {
    send(WAKE + account);
  }

  /** Other accounts are used than before. */
  void rollout() {
    send(ROLLOUT);
  }

  /** Mailboxes have become free. */
  void free() {
    send(FREE);
  }

  private void send(String notice) {
    sender.execute(() -> publish(notice));
  }

  private void publish(String notice) {
    try {
      redis.convertAndSend(CHANNEL, notice);
      failing.set(false);
    } catch (DataAccessException e) {
      if (!failing.getAndSet(true)) {
        log.warn(
            "Redis is unavailable: other nodes learn of changed accounts at their next reconciliation only ({})",
            e.getMessage());
      }
    }
  }

  @Override
  public void destroy() {
    sender.shutdown();
  }
}
