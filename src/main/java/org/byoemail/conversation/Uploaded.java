package org.byoemail.conversation;

import java.time.Clock;
import java.time.Instant;
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
  private static final int BATCH = 1000;

  private final JdbcClient jdbc;
  private final ContentStore contents;
  private final UnusedContents unused;
  private final Clock clock;

  Uploaded(JdbcClient jdbc, ContentStore contents, UnusedContents unused, Clock clock) {
    this.unused = unused;
    this.jdbc = jdbc;
    this.contents = contents;
    this.clock = clock;
  }

  /** How much was removed. */
  public record Removed(int uploads, int contents) {}

  /** Removes what was neither uploaded nor used since. */
  public Removed removeUnused(Instant since) {
    int uploads = 0;
    int batch;
    do {
      batch = removeSome(since);
      uploads += batch;
    } while (batch == BATCH);
    return new Removed(uploads, unused.remove(contents));
  }

  private int removeSome(Instant since) {
    return jdbc.sql(
            """
            WITH unused AS (
              DELETE FROM attachment WHERE id IN (
                SELECT u.id FROM attachment u WHERE u.message_id IS NULL AND u.created_at < :since
                  AND NOT EXISTS (SELECT 1 FROM attachment a
                    WHERE a.sha256 = u.sha256 AND a.message_id IS NOT NULL AND a.created_at >= :since)
                LIMIT :batch FOR UPDATE SKIP LOCKED)
              RETURNING sha256),
            kept AS (
              INSERT INTO unused_content (sha256, since)
              SELECT DISTINCT sha256, CAST(:now AS timestamptz) FROM unused WHERE sha256 IS NOT NULL
              ON CONFLICT (sha256) DO UPDATE SET since = :now)
            SELECT count(*) FROM unused
            """)
        .param("since", Times.parameter(since))
        .param("now", Times.parameter(Times.now(clock)))
        .param("batch", BATCH)
        .query(Integer.class)
        .single();
  }
}
