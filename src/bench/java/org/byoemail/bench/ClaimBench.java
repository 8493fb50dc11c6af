package org.byoemail.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.outbound.delivery.ClaimRequest;
import org.byoemail.support.PostgresProcess;
import org.byoemail.support.ProgramUnderTest;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * What a claim costs: with a thousand deliveries that wait, with 10,000 mails in review beside
 * them, with a million, with a million of which nine in ten are not due, with expired ones at the
 * head of every account, and with most accounts backing off; and what it costs to find the oldest
 * that waits. Prints the plans, too.
 */
final class ClaimBench implements Bench {
  private static final int WORKERS = 32;
  private static final int CLAIMS = 60;
  private static final long TTL_MILLIS = 60_000;
  private static final String CLAIM = "sql/claim-deliveries.sql";
  private static final Pattern ASKED = Pattern.compile(":#\\$\\{bean:claims\\?method=(\\w+)}");

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int many = options.number("count", 1_000_000);
    int accounts = options.number("accounts", 1_000);
    try (PostgresProcess postgres = PostgresProcess.started(dir.resolve("database"))) {
      Path migrations = dir.resolve("classes");
      ProgramUnderTest.copy("classes/db/migration", migrations);
      Flyway.configure()
          .dataSource(postgres.dataSource())
          .locations("filesystem:" + migrations)
          .load()
          .migrate();
      try (Connection connection = postgres.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("SET session_replication_role = replica");
        statement.execute("SET enable_seqscan = off; SET enable_bitmapscan = off");
        accounts(statement, accounts);
        deliveries(statement, 0, 1_000, accounts);
        // No statistics on purpose: what was learnt from a small table holds for the large one.
        statement.execute("ANALYZE");
        double thousand = median(connection, report, "thousand_waiting_ms");
        inReview(statement);
        report.atMost(
            "ten_thousand_in_review_to_none",
            median(connection, report, "thousand_waiting_ten_thousand_in_review_ms") / thousand,
            1.5);
        deliveries(statement, 1_000, accounts, accounts);
        double oldest = oldest(connection, report, "oldest_of_one_each_ms");
        deliveries(statement, Math.max(1_000, accounts), many, accounts);
        double million = median(connection, report, "million_waiting_ms");
        report.atMost("million_to_thousand", million / thousand, 3);
        report.atMost(
            "oldest_of_million_to_one_each",
            oldest(connection, report, "oldest_of_million_ms") / oldest,
            3);
        statement.execute(
            "UPDATE outbound_submission SET expires_at = now() - interval '1 day' WHERE message_id IN"
                + " (SELECT message_id FROM outbound_delivery WHERE due_at < now() - interval '6 days')");
        report.atMost(
            "expired_first_to_thousand",
            median(connection, report, "expired_first_ms") / thousand,
            3);
        statement.execute(
            "UPDATE outbound_delivery SET due = false, due_at = now() + interval '1 day'"
                + " WHERE get_byte(uuid_send(message_id), 15) % 10 <> 0");
        // A table does not become so at one stroke: what is dead is cleared away meanwhile.
        statement.execute("VACUUM outbound_delivery");
        report.atMost(
            "not_due_to_thousand",
            median(connection, report, "nine_in_ten_not_due_ms") / thousand,
            3);
        statement.execute(
            "INSERT INTO account_health (account_id, side, backoff_until)"
                + " SELECT id, 'smtp', now() + interval '1 hour' FROM agent_email_account"
                + " WHERE get_byte(uuid_send(id), 15) % 10 <> 0");
        median(connection, report, "nine_in_ten_accounts_back_off_ms");
        oldest(connection, report, "oldest_where_nine_in_ten_accounts_back_off_ms");
        plan(connection);
      }
    }
  }

  private static void accounts(Statement statement, int count) throws SQLException {
    statement.execute(
        "INSERT INTO agent_email_account (id, endpoint_id, agent_id, smtp_host, smtp_port,"
            + " smtp_security, smtp_auth, smtp_verified_at, outbound_enabled, created_at, updated_at)"
            + " SELECT md5('account' || i)::uuid, gen_random_uuid(), gen_random_uuid(), 'localhost', 25, 'none',"
            + " 'none', now(), true, now(), now()"
            + " FROM generate_series(0, "
            + (count - 1)
            + ") i");
    // A program before this table is measured without it.
    statement.execute(
        "DO $$ BEGIN IF to_regclass('account_rollout') IS NOT NULL THEN"
            + " INSERT INTO account_rollout SELECT id, true, 'bench', now(), true, 'bench', now()"
            + " FROM agent_email_account; END IF; END $$");
  }

  private static void deliveries(Statement statement, int from, int to, int accounts)
      throws SQLException {
    String rows = " FROM generate_series(" + from + ", " + (to - 1) + ") i";
    statement.execute(
        "INSERT INTO outbound_submission (message_id, organization, submission_id, body_sha256,"
            + " expires_at, accepted_at) SELECT md5('message' || i)::uuid, 'bench', i::text, '\\x00',"
            + " now() + interval '5 days', now()"
            + rows);
    statement.execute(
        "INSERT INTO outbound_delivery (message_id, account_id, attempt_id, due_at, due)"
            + " SELECT md5('message' || i)::uuid, md5('account' || i % "
            + accounts
            + ")::uuid, gen_random_uuid(), now() - random() * interval '7 days', true"
            + rows);
  }

  /** Mail in review, which has no delivery; none in a program before there were reviews. */
  private static void inReview(Statement statement) throws SQLException {
    statement.execute(
        "DO $$ BEGIN IF to_regclass('outbound_review') IS NOT NULL THEN"
            + " INSERT INTO outbound_submission (message_id, organization, submission_id, body_sha256,"
            + " expires_at, accepted_at, status) SELECT md5('review' || i)::uuid, 'bench', 'review' || i,"
            + " '\\x00', now() + interval '5 days', now(), 'in_review' FROM generate_series(1, 10000) i;"
            + " INSERT INTO outbound_review (id, message_id, organization, agent_id, state, version,"
            + " reasons, has_findings, policy_version, four_eyes, conversation_changed, alike,"
            + " requested_at, due_at, expires_at) SELECT gen_random_uuid(), md5('review' || i)::uuid,"
            + " 'bench', gen_random_uuid(), 'requested', 1, '[]', false, '', false, true, '', now(), now(),"
            + " now() + interval '3 days' FROM generate_series(1, 10000) i; END IF; END $$");
  }

  /** The median of some claims, each taken back, that go on behind one another. */
  private static double median(Connection connection, Report report, String name)
      throws SQLException {
    double[] millis = new double[CLAIMS];
    UUID servedLast = new UUID(0, 0);
    connection.setAutoCommit(false);
    try (PreparedStatement claim = connection.prepareStatement(statement())) {
      for (int i = 0; i < CLAIMS; i++) {
        bind(claim, servedLast);
        long start = System.nanoTime();
        int found = 0;
        int last = -1;
        try (ResultSet rows = claim.executeQuery()) {
          while (rows.next()) {
            found++;
            if (rows.getInt("place") > last) {
              last = rows.getInt("place");
              servedLast = rows.getObject("account_id", UUID.class);
            }
          }
        }
        millis[i] = since(start);
        connection.rollback();
        if (found != WORKERS) {
          throw new IllegalStateException(name + ": " + found + " claimed");
        }
      }
    }
    connection.setAutoCommit(true);
    return median(millis, report, name);
  }

  /** The median of some looks for the oldest delivery that waits. */
  private static double oldest(Connection connection, Report report, String name) {
    double[] millis = new double[CLAIMS];
    for (int i = 0; i < CLAIMS; i++) {
      long start = System.nanoTime();
      if (oldest(connection, "").query((row, number) -> row.getObject(1)).optional().isEmpty()) {
        throw new IllegalStateException(name + ": none waits");
      }
      millis[i] = since(start);
    }
    return median(millis, report, name);
  }

  private static JdbcClient.StatementSpec oldest(Connection connection, String before) {
    return JdbcClient.create(new SingleConnectionDataSource(connection, true))
        .sql(before + ProgramUnderTest.resource("sql/queue-age.sql"))
        .param("accounts", "usable")
        .param("elsewhere", false)
        .param("perAccount", 3)
        // Where the statement does not take the time of the database.
        .param("now", Timestamp.from(Instant.now()));
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private static double median(double[] millis, Report report, String name) {
    Arrays.sort(millis);
    report.figure(name, millis[CLAIMS / 2]);
    return millis[CLAIMS / 2];
  }

  private static void plan(Connection connection) throws SQLException {
    try (PreparedStatement explain =
        connection.prepareStatement("EXPLAIN (COSTS OFF) " + statement())) {
      bind(explain, new UUID(0, 0));
      try (ResultSet rows = explain.executeQuery()) {
        while (rows.next()) {
          System.out.println("  " + rows.getString(1));
        }
      }
    }
    oldest(connection, "EXPLAIN (ANALYZE, BUFFERS) ")
        .query(String.class)
        .list()
        .forEach(line -> System.out.println("  " + line));
  }

  /** What the statement asks the bean for, by the names of its methods. */
  private static void bind(PreparedStatement claim, UUID servedLast) throws SQLException {
    Map<String, Object> values = new HashMap<>();
    values.put(
        "request",
        new ClaimRequest(
                WORKERS, 3, false, servedLast, "bench", 1, 0, Duration.ofMillis(TTL_MILLIS))
            .json());
    // Of a program before it, which is held against this one.
    values.put("freeWorkers", WORKERS);
    values.put("perAccount", 3);
    values.put("accounts", "usable");
    values.put("servedLast", servedLast);
    values.put("node", "bench");
    values.put("nodes", 1);
    values.put("rank", 0);
    values.put("ttl", TTL_MILLIS);
    values.put("now", Timestamp.from(Instant.now()));
    values.put("until", Timestamp.from(Instant.now().plusMillis(TTL_MILLIS)));
    Matcher asked = ASKED.matcher(withoutComments(ProgramUnderTest.resource(CLAIM)));
    for (int place = 1; asked.find(); place++) {
      claim.setObject(
          place, Objects.requireNonNull(values.get(asked.group(1)), () -> asked.group(1)));
    }
  }

  private static String statement() {
    return ASKED.matcher(withoutComments(ProgramUnderTest.resource(CLAIM))).replaceAll("?");
  }

  private static String withoutComments(String sql) {
    return sql.replaceAll("(?m)^\\s*--.*\n", "");
  }
}
