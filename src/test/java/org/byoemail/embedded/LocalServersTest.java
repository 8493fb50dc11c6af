package org.byoemail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.platform.health.ServiceLogins;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ValueOperations;

/** The real PostgreSQL and Redis, in one folder that the tests start again and again. */
class LocalServersTest {
  private static final EmbeddedParts BOTH = new EmbeddedParts(true, true, false, false);

  @TempDir static Path dir;
  private static DataFolder data;

  private final List<LettuceConnectionFactory> clients = new ArrayList<>();
  private LocalServers servers = new LocalServers();

  @BeforeAll
  static void makeFolder() {
    data = DataFolder.at(dir.resolve("data with spaces")).lock();
  }

  @AfterEach
  void stop() {
    clients.forEach(LettuceConnectionFactory::destroy);
    servers.close();
  }

  @AfterAll
  static void nothingIsLeftRunning() {
    assertThat(new OwnProcesses(data).running("")).isEmpty();
    data.close();
  }

  @Test
  void secondStartKeepsTheData() throws Exception {
    servers.start(BOTH, data, settings(0, 0));
    sql("DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 'here' AS value");
    redis(servers.redis().password()).set("kept", "here");

    servers.close();
    servers = new LocalServers().start(BOTH, data, settings(0, 0));

    assertThat(sql("SELECT value FROM kept")).isEqualTo("here");
    assertThat(redis(servers.redis().password()).get("kept")).isEqualTo("here");
  }

  @Test
  void databaseIsDurable() throws Exception {
    servers.start(BOTH, data, settings(0, 0));

    assertThat(sql("SHOW fsync")).isEqualTo("on");
    assertThat(sql("SHOW synchronous_commit")).isEqualTo("on");
    assertThat(sql("SHOW server_version")).startsWith(PostgresServer.MAJOR + ".");
  }

  @Test
  void wrongPasswordsAreRefused() {
    servers.start(BOTH, data, settings(0, 0));

    assertThatThrownBy(
            () -> DriverManager.getConnection(servers.postgres().url(), "postgres", "wrong"))
        .hasMessageContaining("password authentication failed");
    assertThatThrownBy(() -> redis("wrong").get("kept")).hasStackTraceContaining("WRONGPASS");
    assertThat(ServiceLogins.database(servers.postgres().url(), "postgres", "wrong"))
        .hasMessageStartingWith("PostgreSQL refuses the login");
    assertThat(ServiceLogins.redis(connections("wrong")))
        .hasMessageStartingWith("Redis refuses the login (WRONGPASS");
    assertThat(ServiceLogins.redis(connections(servers.redis().password()))).isNull();
  }

  @Test
  void serversOfAKilledRunAreStoppedFirst() throws Exception {
    LocalServers killed = new LocalServers().start(BOTH, data, settings(0, 0));
    List<Long> orphans = new OwnProcesses(data).running("").map(ProcessHandle::pid).toList();

    servers.start(BOTH, data, settings(0, 0));

    assertThat(orphans).hasSizeGreaterThan(1);
    assertThat(new OwnProcesses(data).running("").map(ProcessHandle::pid))
        .doesNotContainAnyElementsOf(orphans);
    assertThat(servers.postgres().url()).isNotEqualTo(killed.postgres().url());
    assertThat(sql("SELECT 1")).isEqualTo("1");
  }

  @Test
  void foreignProcessWithADeadServersNumberIsLeftAlone() throws Exception {
    servers.start(BOTH, data, settings(0, 0));
    servers.close();
    long self = ProcessHandle.current().pid();
    Files.writeString(data.root().resolve("run/redis.pid"), self + "\n");
    Files.writeString(data.root().resolve("postgres/postmaster.pid"), self + "\n");

    servers = new LocalServers().start(BOTH, data, settings(0, 0));

    assertThat(sql("SELECT 1")).isEqualTo("1");
  }

  @Test
  void takenPortIsNamedWithItsSetting() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> servers.start(BOTH, data, settings(port, 0)))
          .isInstanceOfSatisfying(
              EmbeddedPartFailed.class,
              e -> {
                assertThat(e).hasMessageContaining("127.0.0.1:" + port);
                assertThat(e.remedy()).contains("byo.embedded.postgres.port");
              });
    }
    assertThat(new OwnProcesses(data).running("")).isEmpty();
  }

  @Test
  void folderOfAnotherPostgresIsRefused(@TempDir Path other) throws Exception {
    Files.createDirectories(other.resolve("postgres"));
    Files.writeString(other.resolve("postgres/PG_VERSION"), "14\n");

    assertThatThrownBy(() -> servers.start(BOTH, DataFolder.at(other), settings(0, 0)))
        .isInstanceOf(EmbeddedPartFailed.class)
        .hasMessageContaining("was written by PostgreSQL 14; this version brings 18");
  }

  @Test
  void lostDatabasePasswordIsSaid(@TempDir Path other) throws Exception {
    Files.createDirectories(other.resolve("postgres"));
    Files.writeString(other.resolve("postgres/PG_VERSION"), PostgresServer.MAJOR + "\n");

    assertThatThrownBy(() -> servers.start(BOTH, DataFolder.at(other), settings(0, 0)))
        .isInstanceOf(EmbeddedPartFailed.class)
        .hasMessageContaining("postgres-password is missing");
  }

  private static EmbeddedSettings settings(int postgresPort, int redisPort) {
    return new EmbeddedSettings(
        new EmbeddedSettings.Server(postgresPort),
        new EmbeddedSettings.Server(redisPort),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        false);
  }

  private String sql(String statement) throws SQLException {
    PostgresServer postgres = servers.postgres();
    try (Connection connection =
            DriverManager.getConnection(postgres.url(), PostgresServer.USER, postgres.password());
        Statement query = connection.createStatement()) {
      if (!query.execute(statement)) {
        return "";
      }
      ResultSet rows = query.getResultSet();
      rows.next();
      return rows.getString(1);
    }
  }

  private ValueOperations<String, String> redis(String password) {
    return new StringRedisTemplate(connections(password)).opsForValue();
  }

  private LettuceConnectionFactory connections(String password) {
    RedisStandaloneConfiguration settings =
        new RedisStandaloneConfiguration(RedisServer.HOST, servers.redis().port());
    settings.setPassword(RedisPassword.of(password));
    LettuceConnectionFactory connections = new LettuceConnectionFactory(settings);
    connections.start();
    clients.add(connections);
    return connections;
  }
}
