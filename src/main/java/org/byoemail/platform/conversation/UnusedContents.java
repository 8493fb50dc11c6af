package org.byoemail.platform.conversation;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.byoemail.format.mail.Times;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Unreferenced contents. Each is marked here a day before it is removed, and storing a content
 * takes its announcement back first: either the one who removes it has the row, and the other waits
 * and stores it anew, or the other way round, and it stays. Safe for use by many nodes.
 */
@Repository
class UnusedContents {
  private static final Logger log = LoggerFactory.getLogger(UnusedContents.class);

  /** In which a transaction that refers to a content it has stored ends for certain. */
  static final Duration GRACE = Duration.ofDays(1);

  private static final int MOST_AT_ONCE = 1000;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  UnusedContents(JdbcClient jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  /** Somebody is about to have it, and waits here while it is being removed. */
  void takeBack(String sha256) {
    jdbc.sql("DELETE FROM unused_content WHERE sha256 = :sha256").param("sha256", sha256).update();
  }

  /** Those of the contents that no row refers to, and that are not announced yet. */
  List<String> among(Collection<String> sha256s) {
    return jdbc.sql(
            """
            SELECT n.sha256 FROM unnest(:names::text[]) AS n (sha256)
            WHERE NOT EXISTS (SELECT 1 FROM attachment a WHERE a.sha256 = n.sha256)
              AND NOT EXISTS (SELECT 1 FROM inbound_mail m
                WHERE left(m.raw_sha256, 16) = left(n.sha256, 16) AND m.raw_sha256 = n.sha256)
              AND NOT EXISTS (SELECT 1 FROM unused_content u WHERE u.sha256 = n.sha256)
            """)
        .param("names", sha256s.toArray(String[]::new))
        .query(String.class)
        .list();
  }

  /** Says that they will be removed in a day. */
  void announce(Collection<String> sha256s) {
    jdbc.sql(
            """
            INSERT INTO unused_content (sha256, since) SELECT sha256, statement_timestamp() FROM unnest(:names::text[]) AS n (sha256)
            ON CONFLICT DO NOTHING
            """)
        .param("names", sha256s.toArray(String[]::new))
        .update();
  }

  /** What is unused since then is removed. */
  private Instant graceBegan() {
    return jdbc.sql("SELECT statement_timestamp() - :grace * interval '1 second'")
        .param("grace", GRACE.toSeconds())
        .query(Timestamp.class)
        .single()
        .toInstant();
  }

  /** Removes those marked for a day and still unreferenced; how many. */
  int remove(ContentStore contents) {
    Instant before = graceBegan();
    List<String> due =
        jdbc.sql(
                "SELECT sha256 FROM unused_content WHERE since < :before ORDER BY since LIMIT :most")
            .param("before", Times.parameter(before))
            .param("most", MOST_AT_ONCE)
            .query(String.class)
            .list();
    int removed = 0;
    for (String sha256 : due) {
      try {
        removed +=
            Objects.requireNonNull(
                transaction.execute(status -> remove(contents, sha256, before) ? 1 : 0));
      } catch (RuntimeException e) {
        log.warn("unused content {} could not be removed; it is tried again in a day", sha256, e);
        postpone(sha256);
      }
    }
    return removed;
  }

  private boolean remove(ContentStore contents, String sha256, Instant before) {
    boolean ours =
        jdbc.sql(
                    """
                DELETE FROM unused_content WHERE sha256 = (SELECT sha256 FROM unused_content
                  WHERE sha256 = :sha256 AND since < :before FOR UPDATE SKIP LOCKED)
                """)
                .param("sha256", sha256)
                .param("before", Times.parameter(before))
                .update()
            == 1;
    // Its references are looked up behind that lock: those who store it now wait for this
    // transaction.
    return ours && !among(List.of(sha256)).isEmpty() && contents.remove(sha256, before);
  }

  private void postpone(String sha256) {
    jdbc.sql("UPDATE unused_content SET since = statement_timestamp() WHERE sha256 = :sha256")
        .param("sha256", sha256)
        .update();
  }
}
