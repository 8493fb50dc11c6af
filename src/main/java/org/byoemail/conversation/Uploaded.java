package org.byoemail.conversation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.byoemail.mail.Times;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Files that were uploaded to be sent. One that no message has used for a time is removed: first
 * its row, and its content a day later if nothing else has that content then, because a message
 * that was just about to use it has stored its own row by that time. Safe for use by many nodes.
 */
@Repository
public class Uploaded {
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
        jdbc.sql("DELETE FROM unused_content WHERE since < :before RETURNING sha256")
            .param("before", Times.parameter(unusedSince))
            .query(String.class)
            .list();
    int removed = 0;
    for (String sha256 : due) {
      if (!isUsed(sha256) && contents.remove(sha256, unusedSince)) {
        removed++;
      }
    }
    return removed;
  }

  private boolean isUsed(String sha256) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM attachment WHERE sha256 = :sha256)
              OR EXISTS (SELECT 1 FROM inbound_mail WHERE raw_sha256 = :sha256)
            """)
        .param("sha256", sha256)
        .query(Boolean.class)
        .single();
  }
}
