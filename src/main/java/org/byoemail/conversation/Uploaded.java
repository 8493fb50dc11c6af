package org.byoemail.conversation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.byoemail.mail.Times;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Files that were uploaded to be sent. One that no message has used for a time is removed: first
 * its row, and its content a day later if nothing else has that content then, because a message
 * that was just about to use it has stored its own row by that time. Safe for use by many nodes.
 */
@Repository
public class Uploaded {
  private static final Logger LOG = LoggerFactory.getLogger(Uploaded.class);
  private static final Duration GRACE = Duration.ofDays(1);

  private final JdbcClient jdbc;
  private final ContentStore contents;
  private final Clock clock;

  Uploaded(JdbcClient jdbc, ContentStore contents, Clock clock) {
    this.jdbc = jdbc;
    this.contents = contents;
    this.clock = clock;
  }

  /** How much was removed. */
  public record Removed(int uploads, int contents) {}

  /** Removes what was neither uploaded nor used since. */
  public Removed removeUnused(Instant since) {
    Instant now = Times.now(clock);
    int uploads =
        jdbc.sql(
                """
                WITH unused AS (
                  DELETE FROM attachment u WHERE u.message_id IS NULL AND u.created_at < :since
                    AND NOT EXISTS (SELECT 1 FROM attachment a
                      WHERE a.sha256 = u.sha256 AND a.message_id IS NOT NULL AND a.created_at >= :since)
                  RETURNING u.sha256),
                kept AS (
                  INSERT INTO unused_content (sha256, since)
                  SELECT DISTINCT sha256, CAST(:now AS timestamptz) FROM unused WHERE sha256 IS NOT NULL
                  ON CONFLICT (sha256) DO UPDATE SET since = :now)
                SELECT count(*) FROM unused
                """)
            .param("since", Times.parameter(since))
            .param("now", Times.parameter(now))
            .query(Integer.class)
            .single();
    return new Removed(uploads, contents(now.minus(GRACE)));
  }

  private int contents(Instant unusedSince) {
    List<String> due =
        jdbc.sql("SELECT sha256 FROM unused_content WHERE since < :before ORDER BY since")
            .param("before", Times.parameter(unusedSince))
            .query(String.class)
            .list();
    Set<String> used = used(due);
    int removed = 0;
    for (String sha256 : due) {
      try {
        if (!used.contains(sha256) && contents.remove(sha256, unusedSince)) {
          removed++;
        }
      } catch (RuntimeException e) {
        // Its row stays, and those behind it do not wait for it.
        LOG.warn("unused content {} could not be removed; it is tried again", sha256, e);
        continue;
      }
      jdbc.sql("DELETE FROM unused_content WHERE sha256 = :sha256 AND since < :before")
          .param("sha256", sha256)
          .param("before", Times.parameter(unusedSince))
          .update();
    }
    return removed;
  }

  // All at once, because the inbound mails have no index for it.
  private Set<String> used(List<String> due) {
    if (due.isEmpty()) {
      return Set.of();
    }
    return Set.copyOf(
        jdbc.sql(
                """
                SELECT sha256 FROM attachment WHERE sha256 = ANY (:due)
                UNION SELECT raw_sha256 FROM inbound_mail WHERE raw_sha256 = ANY (:due)
                """)
            .param("due", due.toArray(String[]::new))
            .query(String.class)
            .list());
  }
}
