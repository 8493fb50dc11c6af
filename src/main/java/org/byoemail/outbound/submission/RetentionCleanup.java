package org.byoemail.outbound.submission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.UUID;
import org.byoemail.platform.conversation.UploadCleanup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Lets go of what has had its time: ids of submissions, and files that were uploaded and not used.
 * A row that cannot be changed is logged, counted and passed over, and holds nobody else up. Called
 * by a route, by every node; safe at any time.
 */
@Component("retentionCleanup")
public class RetentionCleanup {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionCleanup.class);
  private static final int BATCH = 1000;
  private static final UUID FIRST = new UUID(0, 0);

  /**
   * What a forgotten id becomes: its message's, behind a character that no id of a producer holds.
   */
  private static final String FORGOTTEN = "\t";

  private final JdbcClient jdbc;
  private final UploadCleanup uploads;
  private final RetentionSettings settings;
  private final Counter failed;

  RetentionCleanup(
      JdbcClient jdbc, UploadCleanup uploads, RetentionSettings settings, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.uploads = uploads;
    this.settings = settings;
    this.failed =
        Counter.builder("byo.tidying.failed")
            .description("rows and steps of tidying that failed and were passed over")
            .register(meters);
  }

  /** Does what there is to do; a step that fails does not keep the other from being done. */
  public void tidy() {
    guarded("ids of submissions", this::forgetIds);
    guarded("uploads", this::removeUploads);
  }

  private void guarded(String what, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      failed.increment();
      LOG.error("tidying of {} failed; it is tried again at the next run", what, e);
    }
  }

  private void removeUploads() {
    UploadCleanup.Removed removed = uploads.removeUnused(settings.uploadsKept());
    if (removed.uploads() + removed.contents() > 0) {
      LOG.info(
          "removed {} uploads that nobody used, and {} contents",
          removed.uploads(),
          removed.contents());
    }
  }

  /**
   * From then on, the same id is another email. The message keeps it to be shown. What still has to
   * leave keeps it too, however old it is.
   */
  private void forgetIds() {
    int forgotten = 0;
    List<UUID> batch;
    UUID after = FIRST;
    do {
      batch = old(after);
      forgotten += forget(batch);
      after = batch.isEmpty() ? after : batch.get(batch.size() - 1);
    } while (batch.size() == BATCH);
    if (forgotten > 0) {
      LOG.info("forgot the ids of {} submissions", forgotten);
    }
  }

  private List<UUID> old(UUID after) {
    return jdbc.sql(
            """
            SELECT s.message_id FROM outbound_submission s
            WHERE s.message_id > :after AND s.forgotten_id IS NULL
              AND s.accepted_at < statement_timestamp() - :kept * interval '1 second'
              AND s.submission_id <> s.message_id::text
              AND NOT EXISTS (SELECT 1 FROM outbound_delivery d WHERE d.message_id = s.message_id)
            ORDER BY s.message_id LIMIT :limit
            """)
        .param("after", after)
        .param("kept", settings.idsKept().toSeconds())
        .param("limit", BATCH)
        .query(UUID.class)
        .list();
  }

  private int forget(List<UUID> batch) {
    try {
      return forgetTogether(batch);
    } catch (DataIntegrityViolationException e) {
      LOG.warn(
          "the ids of {} submissions are forgotten one by one: {}", batch.size(), e.getMessage());
    }
    int forgotten = 0;
    for (UUID message : batch) {
      try {
        forgotten += forgetTogether(List.of(message));
      } catch (DataIntegrityViolationException e) {
        failed.increment();
        LOG.error("the id of the submission of message {} cannot be forgotten", message, e);
      }
    }
    return forgotten;
  }

  // In the order of their ids, and without those that somebody else is changing.
  private int forgetTogether(List<UUID> messages) {
    return jdbc.sql(
            """
            UPDATE outbound_submission s
              SET forgotten_id = s.submission_id, submission_id = :mark || s.message_id::text
            FROM (SELECT message_id FROM outbound_submission
              WHERE message_id = ANY (:messages) AND forgotten_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM outbound_delivery d WHERE d.message_id = outbound_submission.message_id)
              ORDER BY message_id FOR UPDATE SKIP LOCKED) old
            WHERE s.message_id = old.message_id
            """)
        .param("mark", FORGOTTEN)
        .param("messages", messages.toArray(UUID[]::new))
        .update();
  }
}
