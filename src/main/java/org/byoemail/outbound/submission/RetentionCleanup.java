package org.byoemail.outbound.submission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.DeliveryLifecycle;
import org.byoemail.platform.conversation.UploadCleanup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Ends the retention of ids of submissions, and of uploads that were never used. A row that cannot
 * be changed is logged, counted and passed over. Every node runs it, from a route; safe at any
 * time.
 */
@Component("retentionCleanup")
public class RetentionCleanup {
  private static final Logger log = LoggerFactory.getLogger(RetentionCleanup.class);
  private static final int BATCH = 1000;
  private static final UUID FIRST = new UUID(0, 0);

  private final JdbcClient jdbc;
  private final DeliveryLifecycle deliveries;
  private final UploadCleanup uploads;
  private final RetentionSettings settings;
  private final Counter failed;

  RetentionCleanup(
      JdbcClient jdbc,
      DeliveryLifecycle deliveries,
      UploadCleanup uploads,
      RetentionSettings settings,
      MeterRegistry meters) {
    this.jdbc = jdbc;
    this.deliveries = deliveries;
    this.uploads = uploads;
    this.settings = settings;
    this.failed =
        Counter.builder("byo.tidying.failed")
            .description("rows and steps of tidying that failed and were passed over")
            .register(meters);
  }

  /** Runs all steps; a failed step does not prevent the next. */
  public void tidy() {
    guarded("ids of submissions", this::forgetIds);
    guarded("uploads", this::removeUploads);
  }

  private void guarded(String what, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      failed.increment();
      log.error("tidying of {} failed; it is tried again at the next run", what, e);
    }
  }

  private void removeUploads() {
    UploadCleanup.Removed removed = uploads.removeUnused(settings.uploadsKept());
    if (removed.uploads() + removed.contents() > 0) {
      log.info("removed {} unused uploads and {} contents", removed.uploads(), removed.contents());
    }
  }

  /**
   * From then on, the same id is another email. What still has to leave keeps its id, however old
   * it is.
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
      log.info("forgot the ids of {} submissions", forgotten);
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
      return deliveries.forgetIds(batch.stream().map(StoredMessageId::new).toList());
    } catch (DataIntegrityViolationException e) {
      log.warn(
          "the ids of {} submissions are forgotten one by one: {}", batch.size(), e.getMessage());
    }
    int forgotten = 0;
    for (UUID message : batch) {
      try {
        forgotten += deliveries.forgetIds(List.of(new StoredMessageId(message)));
      } catch (DataIntegrityViolationException e) {
        failed.increment();
        log.error("the id of the submission of message {} cannot be forgotten", message, e);
      }
    }
    return forgotten;
  }
}
