package org.byoemail.command.doctor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Supplier;
import org.byoemail.account.rollout.FlagFileCheck;
import org.byoemail.platform.broker.BrokerLogin;
import org.byoemail.platform.broker.BrokerRefused;
import org.byoemail.platform.broker.BrokerUnavailable;
import org.byoemail.platform.conversation.ContentStoreCheck;
import org.byoemail.platform.health.ExternalServices;
import org.byoemail.platform.health.ServiceLogins;
import org.byoemail.platform.health.ServiceRefusal;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Checks PostgreSQL, Redis, the broker and the content store, unless they are embedded, and the
 * flag file.
 */
final class ServiceChecks {
  private static final int MIN_POSTGRES = 15;
  private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofSeconds(5);
  private static final String EMBEDDED = "embedded: starts with the gateway";

  private final Environment environment;
  private final Clock clock;
  private final ExternalServices external;

  ServiceChecks(Environment environment, Clock clock) {
    this.environment = environment;
    this.clock = clock;
    this.external = ExternalServices.of(environment);
  }

  /**
   * Checks the login, the version, the privileges that migrations need, their state and the clock.
   */
  List<CheckResult> database() {
    String url = environment.getProperty("spring.datasource.url", "");
    if (!external.database()) {
      return List.of(CheckResult.skipped("database", EMBEDDED));
    }
    try (java.sql.Connection connection =
        ServiceLogins.openDatabase(
            url,
            environment.getProperty("spring.datasource.username", ""),
            environment.getProperty("spring.datasource.password", ""))) {
      List<CheckResult> results = new ArrayList<>();
      results.add(version(connection));
      results.add(migrations(connection));
      results.add(clock(connection));
      return results;
    } catch (ServiceRefusal e) {
      return List.of(failed("database", e));
    } catch (SQLException e) {
      return List.of(
          CheckResult.failed("database", String.valueOf(e.getMessage()), "See PostgreSQL's log."));
    }
  }

  private static CheckResult version(java.sql.Connection connection) throws SQLException {
    int major = connection.getMetaData().getDatabaseMajorVersion();
    String version = "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion();
    return major < MIN_POSTGRES
        ? CheckResult.failed("database", version, "Use PostgreSQL " + MIN_POSTGRES + " or later.")
        : CheckResult.ok("database", version);
  }

  private static CheckResult migrations(java.sql.Connection connection) throws SQLException {
    if (!"t".equals(text(connection, "SELECT has_schema_privilege(current_schema(), 'CREATE')"))) {
      return CheckResult.failed(
          "migrations",
          "the user may not create tables in the schema",
          "GRANT CREATE, USAGE ON SCHEMA to this user.");
    }
    if (text(connection, "SELECT to_regclass('flyway_schema_history')") == null) {
      return CheckResult.ok("migrations", "none yet: they run at the first start");
    }
    String failed =
        text(connection, "SELECT min(version) FROM flyway_schema_history WHERE NOT success");
    return failed == null
        ? CheckResult.ok(
            "migrations",
            "up to V"
                + text(
                    connection,
                    "SELECT version FROM flyway_schema_history ORDER BY installed_rank DESC LIMIT 1"))
        : CheckResult.failed(
            "migrations", "V" + failed + " failed", "See the log of the start that ran it.");
  }

  private CheckResult clock(java.sql.Connection connection) throws SQLException {
    Instant before = clock.instant();
    double there =
        Double.parseDouble(
            Objects.requireNonNull(
                text(connection, "SELECT extract(epoch FROM statement_timestamp())")));
    Instant after = clock.instant();
    Instant middle = before.plus(Duration.between(before, after).dividedBy(2));
    Duration apart = Duration.between(Instant.ofEpochMilli(Math.round(there * 1000)), middle).abs();
    String detail = apart.toMillis() + " ms from PostgreSQL's";
    return apart.compareTo(MAX_CLOCK_DIFFERENCE) > 0
        ? CheckResult.warning("clock", detail, "Synchronize the clocks by NTP.")
        : CheckResult.ok("clock", detail);
  }

  private static @Nullable String text(java.sql.Connection connection, String query)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  CheckResult redis(Supplier<RedisConnectionFactory> configured) {
    if (!external.redis()) {
      return CheckResult.skipped("redis", EMBEDDED);
    }
    RedisConnectionFactory redis = configured.get();
    ServiceRefusal refusal = ServiceLogins.redis(redis);
    if (refusal != null) {
      return failed("redis", refusal);
    }
    try (RedisConnection connection = redis.getConnection()) {
      Properties server = connection.serverCommands().info("server");
      return CheckResult.ok(
          "redis", "Redis " + (server == null ? "" : server.getProperty("redis_version", "")));
    } catch (DataAccessException e) {
      return CheckResult.failed(
          "redis",
          "does not answer (" + e.getMostSpecificCause().getMessage() + ")",
          "Start it, or correct spring.data.redis.url. Without Redis, mailboxes cannot move to another node.");
    }
  }

  CheckResult broker(Supplier<BrokerLogin> configured) {
    if (!external.broker()) {
      return CheckResult.skipped("broker", EMBEDDED);
    }
    try {
      return CheckResult.ok("broker", configured.get().check());
    } catch (BrokerRefused e) {
      return CheckResult.failed("broker", String.valueOf(e.getMessage()), e.remedy());
    } catch (BrokerUnavailable e) {
      return CheckResult.failed("broker", String.valueOf(e.getMessage()), e.remedy());
    }
  }

  CheckResult contents() {
    try {
      return CheckResult.ok("contents", ContentStoreCheck.run(environment));
    } catch (RuntimeException e) {
      return CheckResult.failed(
          "contents",
          String.valueOf(e.getMessage()),
          "Correct byo.content.dir, or byo.content.s3 and its keys.");
    }
  }

  CheckResult flagFile() {
    try {
      return FlagFileCheck.run(environment)
          .map(path -> CheckResult.ok("flag file", path))
          .orElseGet(() -> CheckResult.skipped("flag file", "byo.email.flag-file is not set"));
    } catch (RuntimeException e) {
      return CheckResult.failed(
          "flag file",
          String.valueOf(e.getMessage()),
          "Correct the file (docs/rollout.md), or byo.email.flag-file.");
    }
  }

  private static CheckResult failed(String check, ServiceRefusal refusal) {
    return CheckResult.failed(check, String.valueOf(refusal.getMessage()), refusal.remedy());
  }
}
