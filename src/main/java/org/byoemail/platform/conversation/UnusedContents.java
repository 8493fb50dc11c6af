package org.byoemail.platform.conversation;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.byoemail.format.mail.SqlTimestamps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Unreferenced contents. Each is marked here a day before it is removed, and storing a content
 * deletes its mark first: either the removal holds the row, and the store waits and writes the
 * content again, or the store was first, and the content stays. Safe for use by many nodes.
 */
@Repository
class UnusedContents {
  private static final Logger log = LoggerFactory.getLogger(UnusedContents.class);

  /** Longer than any transaction that refers to a content it has just stored. */
  static final Duration GRACE = Duration.ofDays(1);

  private static final int MAX_AT_ONCE = 1000;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  UnusedContents(JdbcClient jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  /** Deletes the mark of a content that is about to be stored; waits while it is being removed. */
  void takeBack(String sha256) {
    jdbc.sql("DELETE FROM unused_content WHERE sha256 = :sha256").param("sha256", sha256).update();
  }

  /** Which of the contents are unreferenced and not marked yet. */
  List<String> among(Collection<String> sha256s) {
    return jdbc.sql(
            """
            SELECT n.sha256 FROM unnest(:names::text[]) AS n (sha256)
            WHERE NOT EXISTS (SELECT 1 FROM attachment a WHERE a.sha256 = n.sha256)
              AND NOT EXISTS (SELECT 1 FROM inbound_mail m
                WHERE left(m.raw_sha256, 16) = left(n.sha256, 16) AND m.raw_sha256 = n.sha256)
              AND NOT EXISTS (SELECT 1 FROM outbound_review_version v WHERE v.content_sha256 = n.sha256)
              AND NOT EXISTS (SELECT 1 FROM unused_content u WHERE u.sha256 = n.sha256)
            """)
        .param("names", sha256s.toArray(String[]::new))
        .query(String.class)
        .list();
  }

  /** Marks them for removal in a day. */
  void announce(Collection<String> sha256s) {
    jdbc.sql(
            """
            INSERT INTO unused_content (sha256, since) SELECT sha256, statement_timestamp() FROM unnest(:names::text[]) AS n (sha256)
            ON CONFLICT DO NOTHING
            """)
        .param("names", sha256s.toArray(String[]::new))
        .update();
  }

  /** Contents marked before then are removed. */
  private Instant graceBegan() {
    return jdbc.sql("SELECT statement_timestamp() - :grace * interval '1 second'")
        .param("grace", GRACE.toSeconds())
        .query(Timestamp.class)
        .single()
        .toInstant();
  }

  /** Removes those marked for a day and still unreferenced; returns how many. */
  int remove(ContentStore contents) {
    Instant before = graceBegan();
    List<String> due =
        jdbc.sql(
                "SELECT sha256 FROM unused_content WHERE since < :before ORDER BY since LIMIT :most")
            .param("before", SqlTimestamps.parameter(before))
            .param("most", MAX_AT_ONCE)
            .query(String.class)
            .list();
    int removed = 0;
    for (String sha256 : due) {
      try {
        removed +=
            Objects.requireNonNull(
                transaction.execute(status -> remove(contents, sha256, before) ? 1 : 0));
      } catch (RuntimeException e) {
        log.warn("unused content {} could not be removed; tried again in a day", sha256, e);
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
                .param("before", SqlTimestamps.parameter(before))
                .update()
            == 1;
    // References are checked under that lock: a concurrent store waits for this transaction.
    return ours && !among(List.of(sha256)).isEmpty() && contents.remove(sha256, before);
  }

  private void postpone(String sha256) {
    jdbc.sql("UPDATE unused_content SET since = statement_timestamp() WHERE sha256 = :sha256")
        .param("sha256", sha256)
        .update();
  }
}
