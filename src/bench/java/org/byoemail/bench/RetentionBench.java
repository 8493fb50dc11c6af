package org.byoemail.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.byoemail.support.PostgresProcess;
import org.byoemail.support.SmtpSink;
import org.byoemail.support.StompProducer;

/**
 * What sending takes while messages that were kept for their time are deleted, at ten times the
 * usual pace: rounds of submissions with and without, in turn.
 */
final class RetentionBench implements Bench {
  private static final int ACCOUNTS = 50;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int count = options.number("count", 20_000);
    int warmup = options.number("warmup", 50_000);
    int rounds = options.number("rounds", 5);
    int old = options.number("rows", 100_000) / rounds;
    try (Scratch mails = Scratch.below(dir);
        SmtpSink sink = new SmtpSink(mails.dir().resolve("sink"));
        PostgresProcess postgres = PostgresProcess.started(dir.resolve("database"));
        GatewayWithAccounts gateway =
            new GatewayWithAccounts(
                dir.resolve("gateway"),
                postgres,
                Map.of(
                    "BYO_RETENTION_INTERVAL", "100ms",
                    "BYO_RETENTION_PAUSE", "1s",
                    "BYO_TIDYING_FIRST_AFTER", "5s"))) {
      for (int i = 0; i < ACCOUNTS; i++) {
        gateway.account("agent" + i + "@bench.test", sink.port(), "none");
      }
      postgres.execute("INSERT INTO retention (organization, messages) VALUES ('old', 30)");
      postgres.execute(
          "INSERT INTO agent (id, organization, name, created_at) VALUES"
              + " ('00000000-0000-7000-8000-000000000001', 'old', 'Old', now())");
      postgres.execute(
          "INSERT INTO endpoint (id, address, owner_agent_id, created_at) VALUES"
              + " ('00000000-0000-7000-8000-000000000002', 'old@bench.test', '00000000-0000-7000-8000-000000000001', now())");
      int sent = warmup;
      rate(gateway, "warm", warmup, sent);
      List<Double> ratios = new ArrayList<>();
      long deleted = 0;
      for (int round = 0; round < rounds; round++) {
        sent += count;
        double without = rate(gateway, "without" + round + "-", count, sent);
        old(round, old).forEach(postgres::execute);
        sent += count;
        double with = rate(gateway, "with" + round + "-", count, sent);
        deleted += old - left(gateway);
        ratios.add(with / without);
        report.figure("per_second_without_" + round, without);
        report.figure("per_second_with_" + round, with);
        Awaitility.await().atMost(PATIENCE).until(() -> left(gateway) == 0);
        sink.requireEachOnce("without" + round + "-", count);
        sink.requireEachOnce("with" + round + "-", count);
      }
      Collections.sort(ratios);
      report.figure("rows_deleted_while_sending", String.valueOf(deleted));
      report.atLeast("with_of_without", ratios.get(rounds / 2), 0.9);
    }
  }

  private static double rate(GatewayWithAccounts gateway, String name, int count, int sentInAll)
      throws Exception {
    long start = System.currentTimeMillis();
    try (StompProducer producer = gateway.producer()) {
      OutboundBench.send(producer, name, count);
    }
    gateway.awaitSent(sentInAll);
    return count * 1000.0 / (gateway.lastSentMillis() - start);
  }

  private static long left(GatewayWithAccounts gateway) {
    return gateway.number("SELECT count(*) FROM message WHERE organization = 'old'");
  }

  /**
   * Statements that store failed messages of long ago, each with a conversation, a recipient and
   * two attempts.
   */
  static List<String> old(int round, int rows) {
    String numbers =
        "(SELECT n, (lpad(to_hex(1500000000000 + %d + n), 12, '0') || '7000800000000000' || lpad(to_hex(n), 4, '0'))::uuid AS id"
                .formatted(round * 1_000_000L)
            + " FROM generate_series(1, %d) AS n) AS old".formatted(rows);
    return List.of(
        "INSERT INTO conversation (id, agent_id, subject, created_at, last_message_at)"
            + " SELECT id, '00000000-0000-7000-8000-000000000001', 'Old', now(), now() FROM "
            + numbers,
        "INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address, to_addresses,"
            + " subject, text_body, rfc_message_id, created_at)"
            + " SELECT id, 'old', id, '00000000-0000-7000-8000-000000000002', 'outbound', 'old@bench.test',"
            + " '{to@example.test}', 'Old', repeat('x', 5000), id || '@bench.test', now() - interval '5 years' FROM "
            + numbers,
        "INSERT INTO outbound_submission (message_id, organization, submission_id, body_sha256, status, expires_at,"
            + " accepted_at)"
            + " SELECT id, 'old', id::text, '\\x00', 'failed', now(), now() - interval '5 years' FROM "
            + numbers,
        "INSERT INTO outbound_message_attempt (id, message_id, try_number, status, outcome, queued_at)"
            + " SELECT gen_random_uuid(), id, try, 'FAILED', 'rejected', now() FROM "
            + numbers
            + ", generate_series(1, 2) AS try",
        "INSERT INTO message_recipient (message_id, address, kind, status, updated_at)"
            + " SELECT id, 'to@example.test', 'to', 'failed', now() FROM "
            + numbers);
  }
}
