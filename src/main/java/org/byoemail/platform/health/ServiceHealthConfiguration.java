package org.byoemail.platform.health;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import javax.sql.DataSource;
import org.byoemail.platform.broker.BrokerLogin;
import org.byoemail.platform.broker.BrokerRefused;
import org.byoemail.platform.broker.BrokerUnavailable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.actuate.jdbc.DataSourceHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * The health of database, broker and Redis, in place of Spring Boot's indicators: those wait for as
 * long as a connection attempt may take, and report a node without Redis as down.
 */
@Configuration(proxyBeanMethods = false)
class ServiceHealthConfiguration {
  /** Mail still flows; other nodes learn of changed accounts a little later. */
  private static final Status DEGRADED = new Status("DEGRADED", "mail flows without Redis");

  @Bean
  HealthIndicator dbHealthIndicator(DataSource database, Clock clock, MeterRegistry meters) {
    DataSourceHealthIndicator check = new DataSourceHealthIndicator(database);
    return new ServiceHealth("database", check::health, Status.DOWN, clock, meters);
  }

  @Bean
  HealthIndicator brokerHealthIndicator(
      ObjectProvider<BrokerLogin> broker, Clock clock, MeterRegistry meters) {
    BrokerLogin login = broker.getIfUnique();
    if (login == null) {
      return () -> Health.unknown().build();
    }
    return new ServiceHealth("broker", () -> health(login), Status.DOWN, clock, meters);
  }

  private static Health health(BrokerLogin login) {
    try {
      return Health.up().withDetail("provider", login.check()).build();
    } catch (BrokerUnavailable | BrokerRefused e) {
      return Health.down().withDetail("error", String.valueOf(e.getMessage())).build();
    }
  }

  @Bean
  ServiceWatch databaseWatch(@Qualifier("dbHealthIndicator") HealthIndicator database) {
    return new ServiceWatch(
        "PostgreSQL", "submissions wait on the broker, mailboxes at their cursors", database);
  }

  @Bean
  ServiceWatch brokerWatch(@Qualifier("brokerHealthIndicator") HealthIndicator broker) {
    return new ServiceWatch(
        "the broker", "submissions by HTTP are still accepted, events wait", broker);
  }

  /**
   * Part of readiness: a node with a wrong broker address does not become ready. A node that loses
   * its broker later stays ready.
   */
  @Bean
  HealthIndicator brokerReachedHealthIndicator(@Qualifier("brokerWatch") ServiceWatch brokerWatch) {
    return () ->
        brokerWatch.isReached()
            ? Health.up().build()
            : Health.outOfService().withDetail("error", "the broker has not answered yet").build();
  }

  @Bean
  HealthIndicator redisHealthIndicator(
      RedisConnectionFactory redis, Clock clock, MeterRegistry meters) {
    return new ServiceHealth("redis", () -> ping(redis), DEGRADED, clock, meters);
  }

  private static Health ping(RedisConnectionFactory redis) {
    try (RedisConnection connection = redis.getConnection()) {
      return Health.up().withDetail("ping", String.valueOf(connection.ping())).build();
    } catch (DataAccessException e) {
      return Health.status(DEGRADED).withException(e).build();
    }
  }
}
