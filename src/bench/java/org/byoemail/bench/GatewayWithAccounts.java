package org.byoemail.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.byoemail.support.ApiClient;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.PostgresProcess;
import org.byoemail.support.StompProducer;

/**
 * The jar with accounts that send to servers on loopback, on a PostgreSQL that keeps every promise;
 * broker and Redis are embedded.
 */
final class GatewayWithAccounts implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final PostgresProcess postgres;
  private final GatewayProcess gateway;

  GatewayWithAccounts(Path dir, PostgresProcess postgres, Map<String, String> settings) {
    this.postgres = postgres;
    Map<String, String> all = new HashMap<>();
    all.put("SPRING_DATASOURCE_URL", postgres.url());
    all.put("SPRING_DATASOURCE_USERNAME", "postgres");
    all.put("SPRING_DATASOURCE_PASSWORD", "postgres");
    all.put("BYO_CONSOLE_PASSWORD", "bench-console-0123456789");
    all.put("BYO_SECRET_KEYSET", java.util.Base64.getEncoder().encodeToString(new byte[32]));
    all.put("BYO_CONNECTION_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128");
    all.put(
        "BYO_CONNECTION_TRUSTED_CERTIFICATES",
        CertificateAuthority.shared().certificate().toString());
    // Not by a variable of its own, which an older jar refuses.
    all.put("SPRING_APPLICATION_JSON", "{\"byo.embedded.single-node\": true}");
    all.putAll(settings);
    this.gateway = new GatewayProcess(dir, all).heap("-Xmx768m");
    gateway.start();
  }

  /** Makes an account that is tested and sends. */
  void account(String address, int port, String security) {
    ApiClient api = gateway.api();
    String agent =
        ApiClient.expect(201, api.post("/agents", Map.of("name", address, "organization", "bench")))
            .text("id");
    Map<String, Object> smtp =
        Map.of("host", "localhost", "port", port, "security", security, "auth", "none");
    String id =
        ApiClient.expect(
                201,
                api.post("/accounts", Map.of("agent", agent, "address", address, "smtp", smtp)))
            .text("id");
    ApiClient.Answer test = api.post("/accounts/" + id + "/test-smtp");
    if (!test.body().path("ok").asBoolean()) {
      throw new IllegalStateException(test.toString());
    }
    ApiClient.expect(200, api.patch("/accounts/" + id, Map.of("outboundEnabled", true)));
  }

  ApiClient api() {
    return gateway.api();
  }

  StompProducer producer() throws java.io.IOException {
    return new StompProducer(gateway.stompPort());
  }

  long cpuMillis() {
    return ProcessTimes.millis(gateway.pid()) + ProcessTimes.millis(postgres.pid());
  }

  /** The CPU time of the program alone. */
  long ownCpuMillis() {
    return ProcessTimes.millis(gateway.pid());
  }

  double residentMb() {
    return ProcessSize.of(gateway.pid()).residentMb();
  }

  /** Counts statements from now on. */
  void resetStatements() {
    postgres.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
    postgres.execute("SELECT pg_stat_statements_reset()");
  }

  long statements() {
    return number("SELECT sum(calls) FROM pg_stat_statements");
  }

  /** A submission of about 5 KB. */
  static String submission(String id, String from, String to) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", id);
    fields.put("from", from);
    fields.put("to", to);
    fields.put("subject", id);
    fields.put("body", text());
    try {
      return JSON.writeValueAsString(fields);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Text of 5,000 characters in lines. */
  static String text() {
    return "The quick brown fox jumps over the lazy dog, and goes on to the next line.\n"
        .repeat(67)
        .substring(0, 5000);
  }

  /** One number from the database. */
  long number(String sql) {
    try (Connection connection = postgres.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until so many attempts are SENT. */
  void awaitSent(long count) {
    Awaitility.await(count + " are SENT")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () ->
                number("SELECT count(*) FROM outbound_message_attempt WHERE status = 'SENT'")
                    >= count);
  }

  /** When the last mail was SENT. */
  long lastSentMillis() {
    return number(
        "SELECT (extract(epoch FROM max(sent_at)) * 1000)::bigint FROM outbound_message_attempt");
  }

  /** How often the database has synced its log. */
  long syncs() {
    return number("SELECT coalesce(sum(fsyncs), 0) FROM pg_stat_io WHERE object = 'wal'");
  }

  long commits() {
    return number("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()");
  }

  /** Reads its metrics as Prometheus does. */
  void scrape() {
    gateway.metrics();
  }

  PostgresProcess postgres() {
    return postgres;
  }

  @Override
  public void close() {
    gateway.close();
  }
}
