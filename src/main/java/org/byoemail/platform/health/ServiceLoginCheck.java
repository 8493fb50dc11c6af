package org.byoemail.platform.health;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.byoemail.platform.broker.BrokerLogin;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.flyway.FlywayConfigurationCustomizer;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.stereotype.Component;

/**
 * Stops the start before the first migration if a service refuses the login or PostgreSQL does not
 * respond.
 */
@Component
class ServiceLoginCheck implements FlywayConfigurationCustomizer {
  private static final Duration MAX_WAIT = Duration.ofSeconds(5);

  private final ObjectProvider<JdbcConnectionDetails> database;
  private final ObjectProvider<RedisConnectionFactory> redis;
  private final ObjectProvider<BrokerLogin> broker;

  ServiceLoginCheck(
      ObjectProvider<JdbcConnectionDetails> database,
      ObjectProvider<RedisConnectionFactory> redis,
      ObjectProvider<BrokerLogin> broker) {
    this.database = database;
    this.redis = redis;
    this.broker = broker;
  }

  @Override
  public void customize(FluentConfiguration flyway) {
    JdbcConnectionDetails login = database.getIfUnique();
    if (login != null) {
      require(ServiceLogins.database(login.getJdbcUrl(), login.getUsername(), login.getPassword()));
    }
    redis.ifUnique(connections -> require(within(() -> ServiceLogins.redis(connections))));
    broker.ifUnique(connection -> require(within(() -> ServiceLogins.broker(connection))));
  }

  // The gateway starts without either: do not wait longer for one that hangs. It holds a thread of
  // its own meanwhile, none that others share.
  private static @Nullable ServiceRefusal within(Supplier<@Nullable ServiceRefusal> check) {
    return CompletableFuture.supplyAsync(check, ServiceLoginCheck::runApart)
        .completeOnTimeout(null, MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  private static void runApart(Runnable check) {
    Thread thread = new Thread(check, "service-login-check");
    thread.setDaemon(true);
    thread.start();
  }

  private static void require(@Nullable ServiceRefusal refusal) {
    if (refusal != null) {
      throw refusal;
    }
  }
}
