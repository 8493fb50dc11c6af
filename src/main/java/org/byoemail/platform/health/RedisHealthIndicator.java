package org.byoemail.platform.health;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.stereotype.Component;

/**
 * Without Redis a node is degraded, not down: mail still flows, other nodes learn of changed
 * accounts a little later. Replaces Spring Boot's indicator, which would report down.
 */
@Component("redisHealthIndicator")
class RedisHealthIndicator implements HealthIndicator {
  private static final Status DEGRADED = new Status("DEGRADED", "mail flows without Redis");

  private final RedisConnectionFactory redis;

  RedisHealthIndicator(RedisConnectionFactory redis) {
    this.redis = redis;
  }

  @Override
  public Health health() {
    try (RedisConnection connection = redis.getConnection()) {
      return Health.up().withDetail("ping", String.valueOf(connection.ping())).build();
    } catch (DataAccessException e) {
      return Health.status(DEGRADED).withException(e).build();
    }
  }
}
