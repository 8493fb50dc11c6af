package org.byoemail.platform.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Deletes entries that are older than {@code byo.audit.keep}. Every node runs it, from a route;
 * safe at any time.
 */
@Component("auditCleanup")
public class AuditCleanup {
  private static final Logger log = LoggerFactory.getLogger(AuditCleanup.class);
  private static final int BATCH = 1000;

  /** The most batches of a run; the rest waits for the next run. */
  private static final int MAX_BATCHES = 100;

  private final JdbcClient jdbc;
  private final AuditSettings settings;

  AuditCleanup(JdbcClient jdbc, AuditSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /** Deletes them in batches, so that no transaction is long. */
  public void tidy() {
    int deleted = 0;
    int batch = BATCH;
    for (int i = 0; i < MAX_BATCHES && batch == BATCH; i++) {
      batch = deleteOldest();
      deleted += batch;
    }
    if (deleted > 0) {
      log.info("deleted {} expired entries of the audit log", deleted);
    }
  }

  private int deleteOldest() {
    return jdbc.sql(
            """
            DELETE FROM audit_entry WHERE id IN (
              SELECT id FROM audit_entry
              WHERE at < statement_timestamp() - :kept * interval '1 second'
              ORDER BY at LIMIT :batch FOR UPDATE SKIP LOCKED)
            """)
        .param("kept", settings.keep().toSeconds())
        .param("batch", BATCH)
        .update();
  }
}
