package org.byoemail.platform.search;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.Label;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.platform.conversation.MessageScope;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Searches messages: the newest {@value #RANKED} hits by their rank, then older ones by time. Mail
 * that is held for review is never found. Thread-safe.
 */
@Component
public class MessageSearch {
  static final int RANKED = 5_000;

  /** Each holds a connection of the pool that everything else of the node uses, too. */
  static final int MAX_AT_A_TIME = 3;

  private static final long MAX_WAIT_MILLIS = 500;

  /** The SQL state of a statement that ran into its timeout. */
  private static final String CANCELLED = "57014";

  private static final UUID LOWEST = new UUID(0, 0);
  private static final UUID HIGHEST = new UUID(-1, -1);

  /** The condition of hits, in the order of the index: organization and operators are lexemes. */
  private static final String HIT =
      """
      s.words @@ :query::tsquery AND s.message_id > :after AND s.message_id < :before AND s.message_id <= :newest
        AND (:organization::text IS NULL OR s.organization = :organization)
        AND NOT EXISTS (SELECT 1 FROM inbound_mail i WHERE i.message_id = s.message_id
          AND i.held_at IS NOT NULL AND i.status NOT IN ('ingested', 'report'))
      """;

  private static final String LABELLED =
      "(SELECT l.message_id FROM message_label l WHERE l.label = :%s)";

  private static final String WITHIN =
      " AND EXISTS (SELECT 1 FROM message m WHERE m.id = s.message_id AND "
          + MessageScope.CONDITION
          + ")";

  private final JdbcClient jdbc;
  private final TransactionTemplate reading;
  private final SearchSettings settings;

  /** One for each search that may run. */
  final Semaphore places = new Semaphore(MAX_AT_A_TIME);

  MessageSearch(JdbcClient jdbc, TransactionTemplate transactions, SearchSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.reading =
        new TransactionTemplate(Objects.requireNonNull(transactions.getTransactionManager()));
    reading.setReadOnly(true);
    // Spring gives each statement what is left of it, in whole seconds.
    reading.setTimeout((int) ((settings.timeout().toMillis() + 999) / 1000));
  }

  /**
   * What to search.
   *
   * @param organization null: all
   * @param scope null: all of the organisation
   */
  public record Request(
      SearchQuery query, @Nullable OrganizationId organization, @Nullable Scope scope) {}

  private record Ranked(UUID id, @Nullable Double rank) {}

  /**
   * A page of hits.
   *
   * @param cursor the one of the hit to start after; null for the first page
   * @throws SearchRefused if the query has no word that can be searched for, or the cursor is none
   * @throws SearchTooSlow if it took longer than it may
   * @throws SearchesBusy if too many searches are running
   */
  public List<SearchHit> find(Request request, @Nullable String cursor, int limit) {
    SearchCursor from = cursor == null ? null : SearchCursor.read(cursor);
    enter();
    try {
      return Objects.requireNonNull(
          reading.execute(
              status -> {
                jdbc.sql("SELECT set_config('statement_timeout', :millis, true)")
                    .param("millis", String.valueOf(settings.timeout().toMillis()))
                    .query(String.class)
                    .single();
                return page(request, from, limit);
              }));
    } catch (DataAccessException e) {
      if (NestedExceptionUtils.getMostSpecificCause(e) instanceof SQLException cause
          && CANCELLED.equals(cause.getSQLState())) {
        throw new SearchTooSlow(e);
      }
      throw e;
    } catch (TransactionTimedOutException e) {
      throw new SearchTooSlow(e);
    } finally {
      places.release();
    }
  }

  private void enter() {
    try {
      if (places.tryAcquire(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new SearchesBusy();
  }

  private List<SearchHit> page(Request request, @Nullable SearchCursor from, int limit) {
    String words = words(request.query().text(), request.query().operators().isEmpty());
    String whole = whole(request, words);
    UUID newest = from == null ? newest() : from.newest();
    List<Ranked> found = new ArrayList<>();
    if (from == null || from.rank() != null) {
      found.addAll(ranked(request, whole, words, newest, from, limit));
    }
    // A first page that is not full has all hits.
    if (found.size() < limit && from != null) {
      UUID last = from.rank() == null ? from.last() : oldestRanked(request, whole, newest);
      if (last != null) {
        found.addAll(byTime(request, whole, newest, last, limit - found.size()));
      }
    }
    return hits(found, words, newest);
  }

  /** A bound by the time, not the id of a message: the cursor shows it to the caller. */
  private UUID newest() {
    return jdbc.sql("SELECT statement_timestamp()")
        .query((row, number) -> Ids.firstOf(row.getTimestamp(1).toInstant()))
        .single();
  }

  /** The tsquery of the words: as they are, or as a language has their stems. */
  private String words(String text, boolean isAlone) {
    if (text.isBlank()) {
      return "";
    }
    Map<String, String> byLanguage = new LinkedHashMap<>();
    jdbc.sql(
            """
            SELECT language, websearch_to_tsquery(language::regconfig, :text)::text AS query
            FROM unnest(:languages::text[]) WITH ORDINALITY AS one (language, place) ORDER BY place
            """)
        .param("text", text)
        .param("languages", languages())
        .query(
            row -> {
              byLanguage.put(row.getString("language"), row.getString("query"));
            });
    for (Map.Entry<String, String> one : byLanguage.entrySet()) {
      if (one.getValue().isEmpty() && isAlone) {
        throw new SearchRefused(
            one.getKey().equals("simple")
                ? "has no word"
                : "has stop words only (" + one.getKey() + "): add a rarer word, or an operator");
      }
    }
    return byLanguage.values().stream()
        .filter(one -> !one.isEmpty())
        .distinct()
        .map(one -> "(" + one + ")")
        .collect(Collectors.joining(" | "));
  }

  private String[] languages() {
    List<String> all = new ArrayList<>(List.of("simple"));
    all.addAll(settings.languages());
    return all.toArray(String[]::new);
  }

  private String whole(Request request, String words) {
    List<String> parts = new ArrayList<>();
    if (!words.isEmpty()) {
      parts.add("(" + words + ")");
    }
    request.query().operators().forEach(one -> parts.add("(" + one + ")"));
    String without = words(request.query().without(), false);
    if (!without.isEmpty()) {
      parts.add("!(" + without + ")");
    }
    String query = String.join(" & ", parts);
    boolean isIndexed =
        query.isEmpty()
            ? request.query().after() != null
                || request.query().before() != null
                || !request.query().labels().isEmpty()
            : jdbc.sql("SELECT querytree(:query::tsquery) NOT IN ('', 'T')")
                .param("query", query)
                .query(Boolean.class)
                .single();
    if (!isIndexed && request.query().labels().isEmpty()) {
      throw new SearchRefused("has only words to leave out: add one to search for");
    }
    if (request.organization() != null) {
      parts.add(Lexemes.quoted(Lexemes.of(Lexemes.ORGANIZATION, request.organization().value())));
    }
    return String.join(" & ", parts);
  }

  private List<Ranked> ranked(
      Request request,
      String whole,
      String words,
      UUID newest,
      @Nullable SearchCursor from,
      int limit) {
    return bound(
            """
            SELECT message_id, rank FROM (
              SELECT r.message_id, %s AS rank FROM (
                SELECT s.message_id FROM message_search s WHERE %s ORDER BY s.message_id DESC LIMIT :ranked) newest
                JOIN message_search r ON r.message_id = newest.message_id
            ) hits
            WHERE :last::uuid IS NULL OR (rank, message_id) < (:rank::float8, :last::uuid)
            ORDER BY rank DESC, message_id DESC LIMIT :limit
            """
                .formatted(
                    words.isEmpty() ? "0::float8" : "ts_rank(r.words, :words::tsquery)::float8",
                    hit(request, whole)),
            request,
            whole,
            newest)
        .param("words", words)
        .param("ranked", RANKED)
        .param("rank", from == null ? null : from.rank())
        .param("last", from == null ? null : from.last())
        .param("limit", limit)
        .query((row, n) -> new Ranked(row.getObject(1, UUID.class), row.getDouble(2)))
        .list();
  }

  /** The last one of those that are ranked; null if there are no others. */
  private @Nullable UUID oldestRanked(Request request, String whole, UUID newest) {
    return bound(
            "SELECT s.message_id FROM message_search s WHERE "
                + hit(request, whole)
                + " ORDER BY s.message_id DESC OFFSET :ranked - 1 LIMIT 1",
            request,
            whole,
            newest)
        .param("ranked", RANKED)
        .query(UUID.class)
        .optional()
        .orElse(null);
  }

  private List<Ranked> byTime(Request request, String whole, UUID newest, UUID last, int limit) {
    return bound(
            "SELECT s.message_id FROM message_search s WHERE "
                + hit(request, whole)
                + " AND s.message_id < :last ORDER BY s.message_id DESC LIMIT :limit",
            request,
            whole,
            newest)
        .param("last", last)
        .param("limit", limit)
        .query((row, n) -> new Ranked(row.getObject(1, UUID.class), null))
        .list();
  }

  private static String hit(Request request, String whole) {
    StringBuilder labelled = new StringBuilder(HIT);
    for (int i = 0; i < request.query().labels().size(); i++) {
      labelled.append(" AND s.message_id IN ").append(LABELLED.formatted("label" + i));
    }
    if (!request.query().withoutLabels().isEmpty()) {
      labelled.append(
          " AND NOT EXISTS (SELECT 1 FROM message_label l WHERE l.message_id = s.message_id"
              + " AND l.label = ANY (:withoutLabels))");
    }
    String condition = request.scope() == null ? labelled.toString() : labelled + WITHIN;
    return whole.isEmpty() ? condition.replace("s.words @@ :query::tsquery AND ", "") : condition;
  }

  private StatementSpec bound(String sql, Request request, String whole, UUID newest) {
    Instant before = request.query().before();
    Instant after = request.query().after();
    StatementSpec statement = jdbc.sql(sql);
    List<Label> labels = request.query().labels();
    for (int i = 0; i < labels.size(); i++) {
      statement = statement.param("label" + i, labels.get(i).name());
    }
    return statement
        .param(
            "withoutLabels",
            request.query().withoutLabels().stream().map(Label::name).toArray(String[]::new))
        .param("query", whole)
        .param("after", after == null ? LOWEST : Ids.firstOf(after))
        .param("before", before == null ? HIGHEST : Ids.firstOf(before))
        .param("newest", newest)
        .param("organization", OrganizationId.valueOrNull(request.organization()))
        .param("scopeAgents", Scope.agents(request.scope()))
        .param("scopeAccounts", Scope.accounts(request.scope()));
  }

  private List<SearchHit> hits(List<Ranked> found, String words, UUID newest) {
    Map<UUID, SearchHit> read = new HashMap<>();
    Map<UUID, Double> ranks = new HashMap<>();
    found.forEach(one -> ranks.put(one.id(), one.rank()));
    jdbc.sql(
            """
            SELECT m.id, m.direction, m.organization, m.conversation_id, left(m.from_address, 1000) AS from_address,
              ARRAY(SELECT left(one, 320) FROM unnest(m.to_addresses[1\\:100]) AS one) AS to_addresses,
              left(m.subject, 1000) AS subject, m.created_at, i.verdict,
              coalesce(i.account_id, (SELECT t.account_id FROM endpoint_account t WHERE t.endpoint_id = m.endpoint_id LIMIT 1)) AS account_id,
              coalesce(i.status, o.status, '') AS status,
              coalesce(o.forgotten_id, o.submission_id) AS submission_id,
              CASE WHEN :words = '' THEN left(m.text_body, 200)
                ELSE ts_headline(s.language::regconfig, left(m.text_body, 20000), :words::tsquery,
                  'StartSel=«, StopSel=», MaxFragments=2, MaxWords=20, MinWords=8, ShortWord=0, FragmentDelimiter=" … "') END AS snippet
            FROM message_search s JOIN message m ON m.id = s.message_id
              LEFT JOIN inbound_mail i ON i.message_id = m.id
              LEFT JOIN outbound_submission o ON o.message_id = m.id
            WHERE s.message_id = ANY (:ids)
            """)
        .param("words", words)
        .param("ids", found.stream().map(Ranked::id).toArray(UUID[]::new))
        .query(
            row -> {
              UUID id = row.getObject("id", UUID.class);
              read.put(id, hit(row, new SearchCursor(newest, ranks.get(id), id)));
            });
    return found.stream().map(one -> read.get(one.id())).filter(Objects::nonNull).toList();
  }

  private static SearchHit hit(ResultSet row, SearchCursor cursor) throws SQLException {
    // PostgreSQL reads some words as two, such as 237e1fed as 237e1 and fed, and marks each.
    String snippet = Objects.requireNonNullElse(row.getString("snippet"), "").replace("»«", "");
    return new SearchHit(
        row.getObject("id", UUID.class),
        row.getString("direction"),
        new OrganizationId(row.getString("organization")),
        row.getObject("account_id", UUID.class),
        row.getString("submission_id"),
        row.getObject("conversation_id", UUID.class),
        row.getString("from_address"),
        Arrays.asList((String[]) row.getArray("to_addresses").getArray()),
        row.getString("subject"),
        row.getString("status"),
        row.getString("verdict"),
        row.getTimestamp("created_at").toInstant(),
        snippet.strip(),
        cursor.text());
  }
}
