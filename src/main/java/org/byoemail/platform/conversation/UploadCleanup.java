package org.byoemail.platform.conversation;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Removes uploaded files that no message has used for a time, and no draft names: the row first,
 * the content a day later if it is unreferenced then, because a message about to use it has stored
 * its own row by that time. Safe for use by many nodes.
 */
@Repository
public class UploadCleanup {
  private static final int BATCH = 1000;

  private final JdbcClient jdbc;
  private final ContentStore contents;
  private final UnusedContents unused;

  UploadCleanup(JdbcClient jdbc, ContentStore contents, UnusedContents unused) {
    this.unused = unused;
    this.jdbc = jdbc;
    this.contents = contents;
  }

  /** How much was removed. */
  public record Removed(int uploads, int contents) {}

  /** Removes files that were neither uploaded nor used within that time. */
  public Removed removeUnused(Duration time) {
    int uploads = 0;
    int batch;
    do {
      batch = removeSome(time);
      uploads += batch;
    } while (batch == BATCH);
    return new Removed(uploads, unused.remove(contents));
  }

  private int removeSome(Duration time) {
    return jdbc.sql(
            """
            WITH since AS MATERIALIZED (SELECT statement_timestamp() - :time * interval '1 second' AS time),
            unused AS (
              DELETE FROM attachment WHERE id IN (
                SELECT u.id FROM attachment u WHERE u.message_id IS NULL AND u.created_at < (SELECT time FROM since)
                  AND NOT EXISTS (SELECT 1 FROM attachment a
                    WHERE a.sha256 = u.sha256 AND a.message_id IS NOT NULL AND a.created_at >= (SELECT time FROM since))
                  AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.uploads @> ARRAY[u.id])
                LIMIT :batch FOR UPDATE SKIP LOCKED)
              RETURNING sha256),
            kept AS (
              INSERT INTO unused_content (sha256, since)
              SELECT DISTINCT sha256, statement_timestamp() FROM unused WHERE sha256 IS NOT NULL
              ON CONFLICT (sha256) DO UPDATE SET since = excluded.since)
            SELECT count(*) FROM unused
            """)
        .param("time", time.toSeconds())
        .param("batch", BATCH)
        .query(Integer.class)
        .single();
  }
}
