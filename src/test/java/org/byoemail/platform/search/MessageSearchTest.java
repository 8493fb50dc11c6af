package org.byoemail.platform.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.MessageTextsChanged;
import org.byoemail.platform.conversation.Messages;
import org.byoemail.support.BulkMessages;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.util.UriComponentsBuilder;

/** Searching by the API, and the index behind it. */
class MessageSearchTest extends WebTest {
  @Autowired private SearchIndexing indexing;
  @Autowired private MessageSearch searching;
  @Autowired private TransactionTemplate transactions;
  @Autowired private DataSource dataSource;
  @Autowired private Messages messages;
  @Autowired private ApplicationEventPublisher publisher;

  private StoredMail mails;
  private String organization;
  private UUID account;

  @BeforeEach
  void account() {
    mails = new StoredMail(jdbc);
    organization = fresh("searched");
    account = UUID.fromString(account(organization, organization + "@example.test"));
  }

  @Test
  void wordsAreFoundInSeveralLanguagesByTheirStems() {
    UUID english =
        mails.ingested(account, "Invoices", "Please pay the two invoices of the supplier.", null);
    UUID german =
        mails.ingested(
            account, "Rechnung", "Bitte bezahlen Sie die Rechnungen der Häuser bald.", null);
    indexed();

    assertThat(found("invoice")).containsExactly(english);
    assertThat(found("Rechnung")).containsExactly(german);
    assertThat(found("haus OR supplier")).containsExactlyInAnyOrder(english, german);
    assertThat(found("\"two invoices\"")).containsExactly(english);
    assertThat(found("\"invoices two\"")).isEmpty();
    assertThat(found("pay -supplier")).isEmpty();
  }

  @Test
  void searchesReadTheIndexAndNotTheTable() {
    String many = fresh("many");
    transactions.executeWithoutResult(
        status -> {
          Connection connection = DataSourceUtils.getConnection(dataSource);
          try {
            BulkMessages.add(connection, many, 20_000);
            // Of this transaction alone: others count for themselves.
            long rows = readByScans(connection);
            for (String query :
                List.of(
                    "xylophone",
                    "invoice",
                    "\"w0 w1\"",
                    "w1 -invoice",
                    "from:sender7@example.com",
                    "invoice after:2020-01-01")) {
              assertThat(
                      searching.find(
                          new MessageSearch.Request(
                              SearchQuery.read(query), new OrganizationId(many), null),
                          null,
                          20))
                  .as(query)
                  .isNotEmpty();
              assertThat(readByScans(connection)).as(query).isEqualTo(rows);
            }
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
          }
          status.setRollbackOnly();
        });
  }

  /** How many rows this transaction has read of the tables of the search without an index. */
  private static long readByScans(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables"
                    + " WHERE relname IN ('message_search', 'message', 'inbound_mail')")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void searchThatTakesTooLongIsGivenUp() {
    MessageSearch hasty =
        new MessageSearch(
            jdbc,
            transactions,
            new SearchSettings(
                List.of("english"), 200, Duration.ofMinutes(1), Duration.ofMillis(100)));
    UUID mail = mails.ingested(account, "Locked", "xylophone", null);
    indexed();
    CompletableFuture<Void> locked = new CompletableFuture<>();
    CompletableFuture<Void> over = new CompletableFuture<>();
    CompletableFuture<Void> locker =
        CompletableFuture.runAsync(
            () ->
                transactions.executeWithoutResult(
                    status -> {
                      jdbc.sql("LOCK TABLE message_search IN ACCESS EXCLUSIVE MODE").update();
                      locked.complete(null);
                      over.orTimeout(30, TimeUnit.SECONDS).join();
                    }));
    locked.orTimeout(30, TimeUnit.SECONDS).join();
    try {
      assertThatThrownBy(
              () ->
                  hasty.find(
                      new MessageSearch.Request(SearchQuery.read("xylophone"), null, null),
                      null,
                      20))
          .isInstanceOf(SearchTooSlow.class);
    } finally {
      over.complete(null);
      locker.join();
    }
    assertThat(found("xylophone")).containsExactly(mail);
  }

  @Test
  void messageWhoseTextWasReplacedIsFoundByTheNewOne() {
    UUID one = mails.ingested(account, "Invoice", "Pay the xylophone.", null);
    indexed();

    transactions.executeWithoutResult(
        status -> {
          messages.replaceText(new StoredMessageId(one), "Pay the marimba.");
          publisher.publishEvent(new MessageTextsChanged(List.of(new StoredMessageId(one))));
        });

    assertThat(found("marimba")).containsExactly(one);
    assertThat(found("xylophone")).isEmpty();
    assertThat(found("from:stranger@else.test invoice")).containsExactly(one);
  }

  @Test
  void operatorsNarrow() {
    UUID first = mails.ingested(account, "Quarterly report", "Numbers inside.", null);
    UUID second = mails.ingested(account, "Other", "Numbers inside, too.", null);
    mails.file(second, "figures.csv", "text/csv", "0".repeat(64), 3);
    String agent = get(ADMIN_KEY, "/accounts/" + account).text("/agent");
    indexed();

    assertThat(found("numbers has:attachment")).containsExactly(second);
    assertThat(found("figures.csv")).containsExactly(second);
    assertThat(found("subject:quarterly")).containsExactly(first);
    assertThat(found("from:stranger@else.test")).containsExactlyInAnyOrder(first, second);
    assertThat(found("from:@else.test -subject:other")).containsExactly(first);
    assertThat(found("from:nobody")).isEmpty();
    assertThat(found("to:us@example.test numbers")).hasSize(2);
    assertThat(found("agent:" + agent)).hasSize(2);
    assertThat(found("agent:" + UUID.randomUUID())).isEmpty();
    assertThat(found("numbers after:2020-01-01")).hasSize(2);
    assertThat(found("numbers before:2020-01-01")).isEmpty();
  }

  @Test
  void nobodyFindsWhatIsNotTheirs() {
    UUID other = UUID.fromString(account(organization, "second-" + organization + "@example.test"));
    UUID ours = mails.ingested(account, "Plan", "The secret word is xylophone.", null);
    UUID theirs = mails.ingested(other, "Plan", "The secret word is xylophone.", null);
    UUID elsewhere =
        mails.ingested(
            UUID.fromString(account(fresh("else"), fresh("e") + "@example.test")),
            "Plan",
            "xylophone",
            null);
    UUID held = mails.ingested(account, "Plan", "xylophone", null);
    jdbc.sql(
            "UPDATE inbound_mail SET status = 'quarantined', held_at = now() - interval '2 days' WHERE message_id = :id")
        .param("id", held)
        .update();
    indexed();
    String bound =
        post(
                ADMIN_KEY,
                "/api-keys",
                Map.of(
                    "name",
                    "bound",
                    "permissions",
                    List.of("messages:read"),
                    "accounts",
                    List.of(account)))
            .text("/key");

    assertThat(found("xylophone")).containsExactlyInAnyOrder(ours, theirs);
    assertThat(ids(search(bound, "xylophone"))).containsExactly(ours);
    assertThat(ids(search(ADMIN_KEY, "xylophone")))
        .contains(ours, theirs, elsewhere)
        .doesNotContain(held);
    jdbc.sql("UPDATE inbound_mail SET status = 'ingested' WHERE message_id = :id")
        .param("id", held)
        .update();
    assertThat(found("xylophone")).containsExactlyInAnyOrder(ours, theirs, held);
    // A mail cannot pretend to be another organisation's by its text.
    assertThat(found("\"=o:" + organization + "\"")).isEmpty();
  }

  @Test
  void pagesGoOnBehindTheLastHitThoughNewMailArrives() {
    List<UUID> all = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      all.add(mails.ingested(account, "Page", "zebra ".repeat(1 + i % 3), null));
    }
    indexed();

    List<UUID> read = new ArrayList<>();
    String next = "";
    while (next != null && read.size() < 20) {
      Answer page = answer(key("producer", organization), "zebra", 3, next);
      read.addAll(ids(page));
      next = page.body().path("next").isNull() ? null : page.text("/next");
      mails.ingested(account, "Later", "zebra zebra zebra zebra", null);
      indexed();
    }

    assertThat(read).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void cursorTellsNothingOfOthersMail() {
    for (int i = 0; i < 2; i++) {
      mails.ingested(account, "Page", "giraffe", null);
    }
    String others = fresh("else");
    UUID newest =
        mails.ingested(
            UUID.fromString(account(others, others + "@example.test")), "Theirs", "text", null);
    indexed();
    indexing.step();
    assertThat(count(newest)).isOne();

    String next = answer(key("producer", organization), "giraffe", 1, "").text("/next");

    assertThat(new String(Base64.getUrlDecoder().decode(next), StandardCharsets.US_ASCII))
        .doesNotContain(newest.toString());
  }

  @Test
  void searchesBeyondTheMostAtATimeAreRefusedForAWhile() {
    mails.ingested(account, "Busy", "walrus", null);
    indexed();
    int free = searching.places.drainPermits();
    try {
      Answer refused = search(key("producer", organization), "walrus");

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.response().getHeader("Retry-After")).isEqualTo("2");
    } finally {
      searching.places.release(free);
    }
    assertThat(found("walrus")).hasSize(1);
    assertThat(search(key("producer", organization), "-walrus").fields()).containsExactly("q");
    assertThat(searching.places.availablePermits()).isEqualTo(MessageSearch.MAX_AT_A_TIME);
  }

  @Test
  void messageOfANodeWhoseClockIsLateIsIndexedWithinTheHour() {
    for (int i = 0; i < 1_000 && !isFilled(); i++) {
      indexing.step();
    }
    UUID late = Ids.firstOf(Instant.now().minus(Duration.ofHours(5)));
    mails.ingested(account, "Late", "narwhal", null, late);

    indexing.step();
    assertThat(count(late)).isZero();
    jdbc.sql("UPDATE search_progress SET filled_at = filled_at - interval '2 hours'").update();
    indexing.step();

    assertThat(count(late)).isOne();
    assertThat(found("narwhal")).containsExactly(late);
  }

  @Test
  void snippetShowsTheWords() {
    mails.ingested(account, "Snippet", "lorem ipsum ".repeat(50) + "the crocodile sleeps", null);
    indexed();

    Answer answer = search(key("producer", organization), "crocodiles");

    assertThat(answer.text("/items/0/snippet")).contains("«crocodile»");
    assertThat(answer.text("/items/0/status")).isEqualTo("ingested");
  }

  @Test
  void snippetShowsAsOneWhatPostgresqlReadsAsTwoWords() {
    mails.ingested(account, "Snippet", "Order 237e1fed5021 is ready", null);
    indexed();

    Answer answer = search(key("producer", organization), "237e1fed5021");

    assertThat(answer.text("/items/0/snippet")).contains("«237e1fed5021»");
  }

  @Test
  void outboundMessageNamesItsSubmission() {
    Answer accepted =
        post(
            key("producer", organization),
            "/messages",
            Map.of(
                "id", "pangolin-" + organization,
                "from", organization + "@example.test",
                "to", "ben@else.test",
                "subject", "Pangolin",
                "body", "Text."));
    indexed();

    Answer answer = search(key("producer", organization), "pangolin");

    assertThat(answer.text("/items/0/id")).isEqualTo(accepted.text("/messageId"));
    assertThat(answer.text("/items/0/submissionId")).isEqualTo(accepted.text("/id"));
  }

  @Test
  void snippetKeepsShortWords() {
    mails.ingested(account, "Snippet", "It is the aardvark of May.", null);
    indexed();

    Answer answer = search(key("producer", organization), "aardvark");

    assertThat(answer.text("/items/0/snippet")).isEqualTo("It is the «aardvark» of May");
  }

  @Test
  void unboundedQueriesGetAClearAnswer() {
    String key = key("producer", organization);

    assertThat(search(key, "the of and").text("/errors/0/reason"))
        .contains("stop words only (english)");
    assertThat(search(key, "???").text("/errors/0/reason")).contains("has no word");
    assertThat(search(key, "-report").text("/errors/0/reason")).contains("only words to leave out");
    assertThat(search(key, "x".repeat(1_001)).text("/errors/0/reason")).contains("longer than");
    assertThat(answer(key, "report", 3, "odd").text("/detail"))
        .isEqualTo("cursor must be the next of the previous page of the same search");
    assertThat(get(key, "/messages?q=report&status=sent").fields()).containsExactly("status");
  }

  @Test
  void longTextsAreIndexedByTheirStart() {
    StringBuilder text = new StringBuilder("beginning ");
    for (int i = 0; text.length() < 2_000_000; i++) {
      text.append("word").append(i).append(' ');
    }
    UUID message = mails.ingested(account, "Long", text + "ending", null);
    indexed();

    assertThat(found("beginning")).containsExactly(message);
    assertThat(found("ending")).isEmpty();
  }

  @Test
  void deletedMessagesLeaveTheIndex() {
    UUID message = mails.ingested(account, "Gone", "hippopotamus", null);
    indexed();

    jdbc.sql("DELETE FROM inbound_mail WHERE message_id = :id").param("id", message).update();
    jdbc.sql("DELETE FROM message WHERE id = :id").param("id", message).update();

    assertThat(count(message)).isZero();
  }

  @Test
  void olderMessagesAreFilledIn() {
    UUID message = mails.ingested(account, "Old", "archaeopteryx", null);
    indexed();
    startAgain();

    for (int i = 0; i < 1_000 && !isFilled(); i++) {
      indexing.step();
    }

    assertThat(isFilled()).isTrue();
    assertThat(count(message)).isOne();
    jdbc.sql("DELETE FROM search_progress").update();
  }

  @Test
  void oneNodeIndexesAtATime() {
    indexing.step();

    UUID message =
        Objects.requireNonNull(
            transactions.execute(
                status -> {
                  jdbc.sql("SELECT 1 FROM search_progress FOR UPDATE")
                      .query(Integer.class)
                      .single();
                  UUID added =
                      elsewhere(() -> mails.ingested(account, "New", "archaeopteryx", null));
                  elsewhere(
                      () -> {
                        indexing.step();
                        return added;
                      });
                  assertThat(count(added)).isZero();
                  return added;
                }));

    indexed();
    assertThat(count(message)).isOne();
  }

  @Test
  void indexWaitsWhileManyMessagesArriveButNotForEver() {
    indexed();
    SearchIndexing waiting =
        new SearchIndexing(
            jdbc,
            transactions,
            new SearchSettings(
                List.of("english"), 200, Duration.ofMinutes(1), Duration.ofSeconds(3)),
            new SimpleMeterRegistry());
    UUID first = Ids.firstOf(Instant.now().minusSeconds(5));
    mails.ingested(account, "Many", "okapi", null, first);
    try {
      arriveFor60s(first);

      waiting.step();
      waiting.step();
      assertThat(count(first)).isZero();

      progress("busy_since = busy_since - interval '59 seconds'");
      waiting.step();
      assertThat(count(first)).isZero();

      progress("busy_since = busy_since - interval '1 second'");
      waiting.step();
      assertThat(count(first)).isOne();
      int left = missing();
      assertThat(left).isPositive();
      assertThat(progressHas("rest_until > busy_since")).isTrue();

      progress("rest_until = now() + interval '1 hour'");
      waiting.step();
      assertThat(missing()).isEqualTo(left);

      jdbc.sql("DELETE FROM message WHERE organization = :organization AND id <> :first")
          .param("organization", organization)
          .param("first", first)
          .update();
      progress("rest_until = now()");
      waiting.step();
      assertThat(progressHas("busy_since IS NULL")).isTrue();
    } finally {
      progress("busy_since = NULL, rest_until = NULL");
    }
  }

  /** More than a hundred copies a second, as their ids say. */
  private void arriveFor60s(UUID message) {
    jdbc.sql(
            """
            INSERT INTO message SELECT (jsonb_populate_record(m, jsonb_build_object('id',
              lpad(to_hex((extract(epoch FROM now() + n * interval '8 ms') * 1000)::bigint), 12, '0')
                || '7' || lpad(to_hex((n + 300) % 4096), 3, '0') || '9' || substr(replace(m.id::text, '-', ''), 18)))).*
            FROM message m, generate_series(-300, 7500) n WHERE m.id = :id
            """)
        .param("id", message)
        .update();
  }

  private void progress(String changes) {
    jdbc.sql("UPDATE search_progress SET " + changes).update();
  }

  private boolean progressHas(String condition) {
    return jdbc.sql("SELECT " + condition + " FROM search_progress").query(Boolean.class).single();
  }

  private static UUID elsewhere(Supplier<UUID> work) {
    return CompletableFuture.supplyAsync(work).orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** As if the index were new: all messages are from before it. */
  private void startAgain() {
    indexing.step();
    jdbc.sql(
            "UPDATE search_progress SET live = :top, until = :top, backfill = :none, filled_at = NULL")
        .param("top", new UUID(-1, -1))
        .param("none", new UUID(0, 0))
        .update();
    jdbc.sql("DELETE FROM message_search").update();
  }

  private boolean isFilled() {
    return jdbc.sql("SELECT filled_at IS NOT NULL FROM search_progress")
        .query(Boolean.class)
        .single();
  }

  private int count(UUID message) {
    return jdbc.sql("SELECT count(*) FROM message_search WHERE message_id = :id")
        .param("id", message)
        .query(Integer.class)
        .single();
  }

  private void indexed() {
    for (int i = 0; i < 100 && missing() > 0; i++) {
      indexing.step();
    }
    assertThat(missing()).isZero();
  }

  private int missing() {
    return jdbc.sql(
            """
            SELECT count(*) FROM message m WHERE organization = :organization
              AND NOT EXISTS (SELECT 1 FROM message_search s WHERE s.message_id = m.id)
            """)
        .param("organization", organization)
        .query(Integer.class)
        .single();
  }

  private List<UUID> found(String query) {
    return ids(search(key("producer", organization), query));
  }

  private Answer search(String key, String query) {
    return answer(key, query, 50, "");
  }

  private Answer answer(String key, String query, int limit, String cursor) {
    return get(
        key,
        UriComponentsBuilder.fromPath("/messages")
            .queryParam("q", "{q}")
            .queryParam("limit", limit)
            .queryParam("cursor", "{cursor}")
            .encode()
            .buildAndExpand(query, cursor)
            .toUriString());
  }

  private static List<UUID> ids(Answer answer) {
    List<UUID> ids = new ArrayList<>();
    answer.body().path("items").forEach(one -> ids.add(UUID.fromString(one.path("id").asText())));
    return ids;
  }
}
