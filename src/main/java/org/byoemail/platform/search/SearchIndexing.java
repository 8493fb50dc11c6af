package org.byoemail.platform.search;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.MessageTextsChanged;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Adds messages to the index after their commit: the new ones first, then those from before the
 * index existed. One node at a time; called by a route. While many messages arrive, the index waits
 * for a while, since it would take as much of the database as all that stores them; then it uses a
 * fifth of the time.
 */
@Component("searchIndexing")
public class SearchIndexing {
  private static final Logger log = LoggerFactory.getLogger(SearchIndexing.class);
  private static final UUID FIRST = new UUID(0, 0);

  /** Messages are looked for again for that long: ids may commit in another order. */
  private static final Duration UNSETTLED = Duration.ofMinutes(10);

  /** Once an hour, messages of that time are looked for again: a node's clock may be late. */
  private static final Duration LATE = Duration.ofDays(1);

  /** How many messages of the last 2 s make the index wait. */
  static final int MANY = 200;

  /** After a batch that was added while many messages arrive, by how long that took. */
  private static final int REST = 4;

  /** New messages are added for that long at a step, if there are more than a batch. */
  private static final Duration MAX_STEP = Duration.ofSeconds(1);

  /** How far the position of the new messages is behind at most: not every step writes it. */
  private static final Duration MAX_BEHIND = Duration.ofMinutes(1);

  /** 256 KB of UTF-8 at most: a tsvector must be below 1 MB. */
  private static final int MAX_CHARACTERS = 64 << 10;

  private static final String MISSING =
      """
      m.id > :after AND NOT EXISTS (SELECT 1 FROM message_search s WHERE s.message_id = m.id AND s.message_id > :after)
      """;

  private static final String ADD =
      """
      INSERT INTO message_search (message_id, organization, language, words)
      SELECT m.id, m.organization, l.language,
        array_to_tsvector(string_to_array(a.lexemes, E'\\n'))
          || setweight(to_tsvector('simple', left(m.subject, 1000)) || to_tsvector(l.language::regconfig, left(m.subject, 1000)), 'A')
          || to_tsvector('simple', b.body) || to_tsvector(l.language::regconfig, b.body)
          || to_tsvector('simple', coalesce((SELECT string_agg(left(f.name, 200), ' ')
            FROM (SELECT name FROM attachment WHERE message_id = m.id LIMIT 50) f), ''))
      FROM unnest(:ids::uuid[], :lexemes::text[]) AS a (id, lexemes) JOIN message m ON m.id = a.id
        CROSS JOIN LATERAL (SELECT left(coalesce(m.text_body, regexp_replace(left(m.html_body, :most), '<[^>]*>', ' ', 'g'), ''),
          :most) AS body) b
        -- The language that knows most of the words has the fewest lexemes: its stop words are none.
        CROSS JOIN LATERAL (SELECT language FROM unnest(:languages::text[]) WITH ORDINALITY AS one (language, place)
          ORDER BY length(to_tsvector(language::regconfig, left(b.body, 400))), place LIMIT 1) l
      ON CONFLICT (message_id) DO NOTHING
      """;

  /** The lowest id of a time of the database, as {@link Ids#firstOf} has it. */
  private static final String FIRST_OF =
      "(lpad(to_hex((extract(epoch FROM %s) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid";

  private static final String BUSY =
      """
      (SELECT count(*) FROM (SELECT 1 FROM message WHERE id > %s AND id < %s ORDER BY id DESC LIMIT :many) recent) = :many
      """
          .formatted(
              FIRST_OF.formatted("statement_timestamp() - interval '2 seconds'"),
              FIRST_OF.formatted("statement_timestamp()"));
  private static final String READ =
      """
      SELECT m.id, m.organization, left(m.from_address, 320) AS from_address, left(m.from_name, 200) AS from_name,
        ARRAY(SELECT left(one, 320) FROM unnest(m.to_addresses[1\\:50] || m.cc_addresses[1\\:50]) AS one) AS recipients,
        left(m.subject, 1000) AS subject, p.owner_agent_id,
        EXISTS (SELECT 1 FROM attachment f WHERE f.message_id = m.id) AS files
      FROM message m JOIN endpoint p ON p.id = m.endpoint_id
      WHERE %s
      ORDER BY m.id LIMIT :most FOR KEY SHARE OF m
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final SearchSettings settings;
  private volatile double progress = Double.NaN;

  SearchIndexing(
      JdbcClient jdbc,
      TransactionTemplate transactions,
      SearchSettings settings,
      MeterRegistry meters) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.settings = settings;
    Gauge.builder("byo.search.backfill", this, one -> one.progress)
        .description(
            "share of the time before the index existed whose messages are indexed; 1: all")
        .register(meters);
  }

  /**
   * @param now by the clock of the database
   * @param isDue an hour after all was found to be indexed
   * @param isBusy whether many messages arrive
   * @param busySince since when they do, as far as noted
   * @param isResting whether it is too early for another batch
   */
  private record Progress(
      UUID live,
      UUID backfill,
      UUID until,
      Instant now,
      boolean isFilled,
      boolean isDue,
      boolean isBusy,
      @Nullable Instant busySince,
      boolean isResting) {

    /** The first id of which another, smaller one may still be committed. */
    private UUID settled() {
      return Ids.firstOf(now.minus(UNSETTLED));
    }
  }

  /** A message that is to be added, with the lexemes of its operators. */
  private record Added(UUID id, String lexemes) {}

  /** Indexes a batch, or several new ones, unless another node is doing so. */
  public void step() {
    long end = System.nanoTime() + MAX_STEP.toNanos();
    boolean isMore;
    do {
      isMore = Boolean.TRUE.equals(transactions.execute(status -> addBatch()));
    } while (isMore && System.nanoTime() < end);
  }

  /** Whether there may be more new messages to add at once. */
  private boolean addBatch() {
    Progress now = progress().orElse(null);
    if (now == null || now.isResting() || isWaiting(now)) {
      return false;
    }
    int added = addNew(now);
    if (now.isFilled()) {
      progress = 1;
      if (now.isDue()) {
        addLate(now);
      }
    } else {
      backfill(now, Math.max(1, settings.batch() - added));
    }
    if (now.isBusy()) {
      rest(now);
      return false;
    }
    return added == settings.batch();
  }

  /** Whether the index waits for the messages that arrive; notes since when they do. */
  private boolean isWaiting(Progress now) {
    if (now.isBusy() == (now.busySince() != null)) {
      return now.busySince() != null && now.busySince().plus(settings.delay()).isAfter(now.now());
    }
    jdbc.sql(
            "UPDATE search_progress SET busy_since = CASE WHEN :busy THEN statement_timestamp() END")
        .param("busy", now.isBusy())
        .update();
    return now.isBusy();
  }

  private void rest(Progress from) {
    jdbc.sql(
            """
            UPDATE search_progress SET rest_until =
              statement_timestamp() + :rest * (statement_timestamp() - :from::timestamptz)
            """)
        .param("rest", REST)
        .param("from", from.now().toString())
        .update();
  }

  /** Indexes messages again whose texts have changed, in the transaction that changes them. */
  @EventListener
  void index(MessageTextsChanged changed) {
    UUID[] ids = changed.messages().stream().map(StoredMessageId::value).toArray(UUID[]::new);
    jdbc.sql("DELETE FROM message_search WHERE message_id = ANY (:ids)").param("ids", ids).update();
    add(
        jdbc.sql(READ.formatted("m.id = ANY (:ids)"))
            .param("ids", ids)
            .param("most", ids.length)
            .query(SearchIndexing::added)
            .list());
  }

  private Optional<Progress> progress() {
    Optional<Progress> found = lockProgress();
    if (found.isEmpty() && !isStarted()) {
      UUID start =
          jdbc.sql("SELECT statement_timestamp()")
              .query((row, number) -> Ids.firstOf(row.getTimestamp(1).toInstant().minus(UNSETTLED)))
              .single();
      jdbc.sql(
              """
              INSERT INTO search_progress (live, backfill, until) VALUES (:start, :first, :start)
              ON CONFLICT DO NOTHING
              """)
          .param("start", start)
          .param("first", FIRST)
          .update();
      return lockProgress();
    }
    return found;
  }

  private boolean isStarted() {
    return jdbc.sql("SELECT EXISTS (SELECT 1 FROM search_progress)").query(Boolean.class).single();
  }

  /** Empty while another node indexes. */
  private Optional<Progress> lockProgress() {
    return jdbc.sql(
            """
            SELECT live, backfill, until, filled_at IS NOT NULL AS filled, statement_timestamp() AS now,
              coalesce(filled_at < statement_timestamp() - interval '1 hour', false) AS due,
              busy_since, coalesce(rest_until > statement_timestamp(), false) AS resting,
              :delayed AND %s AS busy
            FROM search_progress FOR UPDATE SKIP LOCKED
            """
                .formatted(BUSY))
        .param("delayed", !settings.delay().isZero())
        .param("many", MANY)
        .query(
            (row, number) ->
                new Progress(
                    row.getObject("live", UUID.class),
                    row.getObject("backfill", UUID.class),
                    row.getObject("until", UUID.class),
                    row.getTimestamp("now").toInstant(),
                    row.getBoolean("filled"),
                    row.getBoolean("due"),
                    row.getBoolean("busy"),
                    SqlTimestamps.read(row, "busy_since"),
                    row.getBoolean("resting")))
        .optional();
  }

  private int addNew(Progress from) {
    List<Added> found = read(MISSING, from.live(), null, settings.batch());
    add(found);
    UUID settled = from.settled();
    boolean isFull = found.size() == settings.batch();
    UUID last = isFull ? found.get(found.size() - 1).id() : settled;
    UUID next = isBefore(last, settled) ? last : settled;
    if (isFull
        ? isBefore(from.live(), next)
        : millis(next) - millis(from.live()) > MAX_BEHIND.toMillis()) {
      jdbc.sql("UPDATE search_progress SET live = :next").param("next", next).update();
    }
    return found.size();
  }

  /** Adds what was committed long after its id was made: by a node whose clock is late. */
  private void addLate(Progress from) {
    List<Added> found =
        read(
            MISSING + " AND m.id <= :until",
            Ids.firstOf(from.now().minus(LATE)),
            from.live(),
            settings.batch());
    add(found);
    if (found.size() < settings.batch()) {
      jdbc.sql("UPDATE search_progress SET filled_at = statement_timestamp()").update();
    }
  }

  private void backfill(Progress from, int most) {
    List<Added> found =
        read("m.id > :after AND m.id <= :until", from.backfill(), from.until(), most);
    add(found);
    boolean filled = found.size() < most;
    UUID last = found.isEmpty() ? from.backfill() : found.get(found.size() - 1).id();
    jdbc.sql(
            """
            UPDATE search_progress SET backfill = :last,
              filled_at = CASE WHEN :filled THEN statement_timestamp() END
            """)
        .param("last", last)
        .param("filled", filled)
        .update();
    progress = filled ? 1 : share(last, from.until());
    if (filled) {
      log.info("all messages are indexed for search");
    }
  }

  private double share(UUID last, UUID until) {
    UUID oldest =
        jdbc.sql("SELECT id FROM message ORDER BY id LIMIT 1")
            .query(UUID.class)
            .optional()
            .orElse(last);
    double span = millis(until) - (double) millis(oldest);
    return span <= 0 ? 1 : Math.min(1, Math.max(0, (millis(last) - millis(oldest)) / span));
  }

  /** The time in an id (RFC 9562 section 5.7). */
  private static long millis(UUID id) {
    return id.getMostSignificantBits() >>> 16;
  }

  /** As PostgreSQL compares them. */
  private static boolean isBefore(UUID one, UUID other) {
    return one.toString().compareTo(other.toString()) < 0;
  }

  private List<Added> read(String condition, UUID after, @Nullable UUID until, int most) {
    return jdbc.sql(READ.formatted(condition))
        .param("after", after)
        .param("until", until)
        .param("most", most)
        .query(SearchIndexing::added)
        .list();
  }

  private static Added added(ResultSet row, int number) throws SQLException {
    Lexemes lexemes = new Lexemes();
    lexemes.add(Lexemes.ORGANIZATION, row.getString("organization"));
    lexemes.add(Lexemes.AGENT, row.getString("owner_agent_id"));
    if (row.getBoolean("files")) {
      lexemes.add("", Lexemes.ATTACHMENT);
    }
    lexemes.addAddress(Lexemes.FROM, row.getString("from_address"));
    lexemes.addWords(Lexemes.FROM, row.getString("from_name"));
    lexemes.addWords(Lexemes.SUBJECT, row.getString("subject"));
    Array recipients = row.getArray("recipients");
    for (String one : (String[]) recipients.getArray()) {
      lexemes.addAddress(Lexemes.TO, one);
    }
    return new Added(row.getObject("id", UUID.class), String.join("\n", lexemes.all()));
  }

  private void add(List<Added> messages) {
    if (messages.isEmpty()) {
      return;
    }
    jdbc.sql(ADD)
        .param("ids", messages.stream().map(Added::id).toArray(UUID[]::new))
        .param("lexemes", messages.stream().map(Added::lexemes).toArray(String[]::new))
        .param("languages", settings.languages().toArray(String[]::new))
        .param("most", MAX_CHARACTERS)
        .update();
  }
}
