package org.byoemail.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.byoemail.platform.cluster.GatewayNodes;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.dossier.DossierCleanup;
import org.byoemail.support.SettableClock;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.transaction.support.TransactionTemplate;

/** What is deleted after its time, of an organisation that has set one. */
class RetentionRunTest extends WebTest {
  private static final RetentionSettings FOR_EVER =
      new RetentionSettings(0, 0, 0, 0, 0, Duration.ofMinutes(10));

  @Autowired private DossierCleanup dossiers;
  @Autowired private Retentions retentions;
  @Autowired private ExpiredData things;
  @Autowired private TransactionTemplate transactions;
  @Autowired private ContentStore contents;
  @Autowired private GatewayNodes nodes;

  private final SettableClock clock = SettableClock.at(Instant.now().plus(Duration.ofDays(40)));
  private String organization;
  private UUID account;
  private StoredMail stored;

  @BeforeEach
  void organizationWithMail() {
    organization = fresh("keeping");
    account = UUID.fromString(account(organization, fresh("kept") + "@example.test"));
    stored = new StoredMail(jdbc);
    nodes.beat();
  }

  @Test
  void messageGoesWithAllThatBelongsToItAndItsFingerprintStays() {
    UUID message = stored.ingested(account, "Old", "Text", null);
    stored.file(message, "a.txt", "text/plain", content("file of " + message), 5);
    keep("messages", 30);

    run();

    assertThat(count("message", "organization")).isZero();
    assertThat(count("attachment", "organization")).isZero();
    assertThat(
            jdbc.sql(
                    "SELECT count(*) FROM conversation c JOIN agent a ON a.id = c.agent_id WHERE a.organization = :o")
                .param("o", organization)
                .query(Integer.class)
                .single())
        .isZero();
    Map<String, Object> mail =
        jdbc.sql("SELECT * FROM inbound_mail WHERE organization = :o")
            .param("o", organization)
            .query()
            .singleRow();
    assertThat(mail.get("status")).isEqualTo("ingested");
    assertThat(mail.get("fingerprint")).isNotNull();
    assertThat(mail.get("message_id")).isNull();
    assertThat(mail.get("sender")).isNull();
    assertThat(mail.get("subject")).isNull();
  }

  @Test
  void draftGoesThatWasNotChangedForThatTime() {
    String from = fresh("drafting") + "@example.test";
    account(organization, from);
    String old = post(ADMIN_KEY, "/drafts", Map.of("from", from)).text("/id");
    String changed = post(ADMIN_KEY, "/drafts", Map.of("from", from)).text("/id");
    jdbc.sql("UPDATE draft SET changed_at = now() + interval '20 days' WHERE id = :id::uuid")
        .param("id", changed)
        .update();
    keep("messages", 30);

    run();

    assertThat(get(ADMIN_KEY, "/drafts/" + old).status()).isEqualTo(404);
    assertThat(get(ADMIN_KEY, "/drafts/" + changed).status()).isEqualTo(200);
  }

  @Test
  void sentMessageGoesWithItsAttemptsOnceNothingIsLeftToDo() {
    String waiting = submitted();
    String cancelled = submitted();
    String known = submitted();
    for (String id : new String[] {cancelled, known}) {
      assertThat(call(HttpMethod.DELETE, ADMIN_KEY, "/messages/" + id, null).status())
          .isBetween(200, 204);
    }
    jdbc.sql(
            "UPDATE outbound_submission SET forgotten_id = submission_id, submission_id = message_id::text WHERE message_id = :id::uuid")
        .param("id", cancelled)
        .update();
    keep("messages", 30);

    run();

    assertThat(get(ADMIN_KEY, "/messages/" + cancelled).status()).isEqualTo(404);
    assertThat(attempts(cancelled)).isZero();
    assertThat(get(ADMIN_KEY, "/messages/" + waiting).status()).isEqualTo(200);
    assertThat(attempts(waiting)).isEqualTo(1);
    assertThat(get(ADMIN_KEY, "/messages/" + known).status()).isEqualTo(200);
  }

  @Test
  void filesAndRawMailGoAndTheMessageStays() {
    UUID message = stored.ingested(account, "Old", "Text", null);
    UUID file = stored.file(message, "a.txt", "text/plain", content("x" + message), 5);
    jdbc.sql("UPDATE inbound_mail SET raw_sha256 = :raw WHERE message_id = :id")
        .param("raw", content("raw of " + message))
        .param("id", message)
        .update();
    keep("attachments", 30, "rawMail", 30);

    run();

    assertThat(count("message", "organization")).isEqualTo(1);
    assertThat(
            jdbc.sql(
                    "SELECT sha256 IS NULL AND rejected IS NOT NULL FROM attachment WHERE id = :id")
                .param("id", file)
                .query(Boolean.class)
                .single())
        .isTrue();
    assertThat(
            jdbc.sql(
                    "SELECT count(*) FROM inbound_mail WHERE message_id = :id AND raw_sha256 IS NULL")
                .param("id", message)
                .query(Integer.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void quarantineEndsAndItsFingerprintStays() {
    UUID mail = stored.mail(account, "quarantined", "Broken", null, "unreadable", null);
    jdbc.sql("UPDATE inbound_mail SET verdict_reason = 'why', verdict_facts = '{}' WHERE id = :id")
        .param("id", mail)
        .update();
    keep("quarantine", 30);

    run();

    Map<String, Object> row =
        jdbc.sql(
                "SELECT status, subject, fingerprint, verdict_reason, verdict_facts FROM inbound_mail WHERE id = :id")
            .param("id", mail)
            .query()
            .singleRow();
    assertThat(row.get("status")).isEqualTo("refused");
    assertThat(row.get("subject")).isNull();
    assertThat(row.get("verdict_reason")).isNull();
    assertThat(row.get("verdict_facts")).isNull();
    assertThat(row.get("fingerprint")).isNotNull();
  }

  @Test
  void whatIsYoungerStaysAndSoDoesWhatHasNoTime() {
    stored.ingested(account, "Young", "Text", null);
    keep("messages", 50, "events", 0);

    run();

    assertThat(count("message", "organization")).isEqualTo(1);
  }

  @Test
  void nextRunBeginsAfterAPause() {
    for (int i = 0; i < 3; i++) {
      stored.ingested(account, "Old " + i, "Text", null);
    }
    keep("messages", 30);
    RetentionRun run = newRun();

    steps(run);
    int afterFirstRun = count("message", "organization");
    clock.advance(Duration.ofMinutes(1));
    stored.ingested(account, "Later", "Text", null);
    steps(run);

    assertThat(afterFirstRun).isZero();
    // The next run begins after a pause.
    assertThat(count("message", "organization")).isEqualTo(1);
    clock.advance(Duration.ofMinutes(10));
    steps(run);
    assertThat(count("message", "organization")).isZero();
  }

  @Test
  void timesAreCheckedAndShown() {
    Answer wrong =
        call(
            HttpMethod.PUT,
            ADMIN_KEY,
            "/retention",
            Map.of("organization", organization, "messages", -1));
    keep("messages", 30);

    Answer shown = get(ADMIN_KEY, "/retention?organization=" + organization);

    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.fields()).containsExactly("messages");
    assertThat(shown.body().at("/own/messages").asInt()).isEqualTo(30);
    assertThat(shown.body().at("/own/events").isNull()).isTrue();
    assertThat(shown.body().at("/effective/events").asInt()).isZero();
    assertThat(get(ADMIN_KEY, "/retention").fields()).containsExactly("organization");
  }

  private void keep(Object... times) {
    Map<String, Object> request = new java.util.HashMap<>();
    request.put("organization", organization);
    for (int i = 0; i < times.length; i += 2) {
      request.put((String) times[i], times[i + 1]);
    }
    assertThat(call(HttpMethod.PUT, ADMIN_KEY, "/retention", request).status()).isEqualTo(200);
  }

  @Test
  void twoNodesAtOnceDeleteEachThingOnceAndNeitherFails() throws Exception {
    // What other tests have left does not count.
    run();
    int many = 450;
    for (int i = 0; i < many; i++) {
      stored.ingested(account, "Old " + i, "Text", null);
    }
    keep("messages", 30, "events", 30, "quarantine", 30);
    List<SimpleMeterRegistry> nodesMeters =
        List.of(new SimpleMeterRegistry(), new SimpleMeterRegistry());
    CyclicBarrier start = new CyclicBarrier(nodesMeters.size());
    ExecutorService threads = Executors.newFixedThreadPool(nodesMeters.size());
    try {
      List<Callable<Void>> runs =
          nodesMeters.stream()
              .map(
                  meters ->
                      (Callable<Void>)
                          () -> {
                            RetentionRun run = newRun(meters);
                            start.await(30, TimeUnit.SECONDS);
                            steps(run);
                            return null;
                          })
              .toList();

      for (Future<Void> run : threads.invokeAll(runs, 120, TimeUnit.SECONDS)) {
        run.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(count("message", "organization")).isZero();
    assertThat(
            nodesMeters.stream()
                .mapToDouble(
                    meters ->
                        meters
                            .get("byo.retention.deleted")
                            .tag("kind", "messages")
                            .counter()
                            .count())
                .sum())
        .isEqualTo(many);
  }

  private RetentionRun newRun() {
    return newRun(new SimpleMeterRegistry());
  }

  private RetentionRun newRun(MeterRegistry meters) {
    return new RetentionRun(retentions, things, transactions, dossiers, FOR_EVER, clock, meters);
  }

  private void run() {
    steps(newRun());
  }

  /** More than there are organisations with times of their own, those of other tests included. */
  private static void steps(RetentionRun run) {
    for (int i = 0; i < 100; i++) {
      run.step();
    }
  }

  private String submitted() {
    String address =
        jdbc.sql(
                """
                SELECT e.address FROM agent_email_account a JOIN endpoint e ON e.id = a.endpoint_id WHERE a.id = :id
                """)
            .param("id", account)
            .query(String.class)
            .single();
    Answer answer =
        post(
            ADMIN_KEY,
            "/messages",
            Map.of(
                "id", fresh("submission"),
                "from", address,
                "to", "ben@else.test",
                "subject", "Hello",
                "body", "Text."));
    if (answer.status() / 100 != 2) {
      throw new AssertionError(answer.toString());
    }
    return answer.text("/messageId");
  }

  private String content(String text) {
    return contents
        .store(new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
        .sha256();
  }

  private int attempts(String message) {
    return jdbc.sql("SELECT count(*) FROM outbound_message_attempt WHERE message_id = :id::uuid")
        .param("id", message)
        .query(Integer.class)
        .single();
  }

  private int count(String table, String column) {
    return jdbc.sql("SELECT count(*) FROM " + table + " WHERE " + column + " = :o")
        .param("o", organization)
        .query(Integer.class)
        .single();
  }
}
