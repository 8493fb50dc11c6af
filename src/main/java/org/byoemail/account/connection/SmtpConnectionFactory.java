package org.byoemail.account.connection;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.commons.pool2.BaseKeyedPooledObjectFactory;
import org.apache.commons.pool2.DestroyMode;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericKeyedObjectPoolConfig;

/** Opens, validates and closes the connections of the pool. */
final class SmtpConnectionFactory
    extends BaseKeyedPooledObjectFactory<SmtpPoolKey, SmtpConnection> {
  private static final Duration EVICTION = Duration.ofSeconds(10);

  private final SmtpConnector opener;
  private final ConnectionSettings.Pool settings;
  private final Clock clock;

  SmtpConnectionFactory(SmtpConnector opener, ConnectionSettings.Pool settings, Clock clock) {
    this.opener = opener;
    this.settings = settings;
    this.clock = clock;
  }

  GenericKeyedObjectPoolConfig<SmtpConnection> poolConfig() {
    GenericKeyedObjectPoolConfig<SmtpConnection> config = new GenericKeyedObjectPoolConfig<>();
    // The number per account is limited by claiming, over all nodes.
    config.setMaxTotalPerKey(settings.total());
    config.setMaxIdlePerKey(settings.total());
    config.setMaxTotal(settings.total());
    config.setMaxWait(settings.maxWait());
    config.setTestOnBorrow(true);
    config.setTimeBetweenEvictionRuns(EVICTION);
    config.setNumTestsPerEvictionRun(-1);
    config.setEvictionPolicy((eviction, idle, count) -> isIdleTooLong(idle.getObject()));
    config.setJmxEnabled(false);
    return config;
  }

  @Override
  public SmtpConnection create(SmtpPoolKey key) {
    return opener.open(key.account());
  }

  @Override
  public PooledObject<SmtpConnection> wrap(SmtpConnection connection) {
    return new DefaultPooledObject<>(connection);
  }

  /** Sends NOOP only after some idle time: before each mail it would halve the throughput. */
  @Override
  public boolean validateObject(SmtpPoolKey key, PooledObject<SmtpConnection> pooled) {
    SmtpConnection connection = pooled.getObject();
    Instant now = clock.instant();
    if (!connection.isUsable()
        || connection.mails() >= settings.maxMails()
        || connection.openedAt().plus(settings.maxAge()).isBefore(now)) {
      return false;
    }
    return !connection.usedAt().plus(settings.validateAfter()).isBefore(now)
        || connection.answersNoop();
  }

  private boolean isIdleTooLong(SmtpConnection connection) {
    return connection.usedAt().plus(settings.idle()).isBefore(clock.instant());
  }

  /** The connection is idle. */
  @Override
  public void passivateObject(SmtpPoolKey key, PooledObject<SmtpConnection> pooled) {
    pooled.getObject().rest(clock.instant());
  }

  @Override
  public void destroyObject(
      SmtpPoolKey key, PooledObject<SmtpConnection> pooled, DestroyMode mode) {
    pooled.getObject().close();
  }
}
