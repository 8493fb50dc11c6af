package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * What several nodes share: PostgreSQL, Redis, a broker, and the folder of contents. Each can be
 * stopped, killed and started again on its port.
 *
 * <pre>{@code
 * try (Services services = Services.start(dir);
 *     GatewayProcess one = new GatewayProcess(dir.resolve("one"), services, settings);
 *     GatewayProcess two = new GatewayProcess(dir.resolve("two"), services, settings)) {
 * }</pre>
 */
public final class Services implements AutoCloseable {
  /** Of the console's user admin. */
  public static final String CONSOLE_PASSWORD = "test-console-0123456789";

  private static final int KEY_BYTES = 32;

  private final Path dir;
  private final PostgresProcess postgres;
  private final RedisProcess redis;
  private final BrokerProcess broker;

  private Services(Path dir) {
    this.dir = dir;
    this.postgres = new PostgresProcess(folder(dir, "database"));
    this.redis = new RedisProcess(folder(dir, "redis"));
    this.broker = new BrokerProcess(folder(dir, "broker"));
  }

  /** Starts them all with their data below the folder. */
  public static Services start(Path dir) {
    Services services = new Services(dir);
    try {
      services.postgres.start();
      services.redis.start();
      services.broker.start();
      return services;
    } catch (RuntimeException e) {
      services.close();
      throw e;
    }
  }

  public PostgresProcess postgres() {
    return postgres;
  }

  public RedisProcess redis() {
    return redis;
  }

  public BrokerProcess broker() {
    return broker;
  }

  /** What a node needs to use them, as environment variables, and further settings. */
  public Map<String, String> with(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    all.put("SPRING_DATASOURCE_URL", postgres.url());
    all.put("SPRING_DATASOURCE_USERNAME", "postgres");
    all.put("SPRING_DATASOURCE_PASSWORD", "postgres");
    all.put("SPRING_DATA_REDIS_URL", redis.url());
    all.put("SPRING_ARTEMIS_BROKER_URL", broker.url());
    all.put("SPRING_ARTEMIS_USER", "gateway");
    all.put("SPRING_ARTEMIS_PASSWORD", BrokerProcess.GATEWAY_PASSWORD);
    all.put("BYO_CONSOLE_PASSWORD", CONSOLE_PASSWORD);
    all.put("BYO_SECRET_KEYSET", Base64.getEncoder().encodeToString(new byte[KEY_BYTES]));
    all.put("BYO_CONTENT_DIR", folder(dir, "content").toString());
    all.putAll(settings);
    return all;
  }

  @Override
  public void close() {
    // In reverse order; each, whatever becomes of the others.
    try (postgres;
        redis;
        broker) {}
  }

  private static Path folder(Path dir, String name) {
    try {
      return Files.createDirectories(dir.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
