package org.byoemail.submission;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.conversation.Uploaded;
import org.byoemail.mail.Times;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Lets go of what has had its time: ids of submissions, and files that were uploaded and not used.
 * Called by a route, by every node; safe at any time.
 */
@Component("tidying")
public class Tidying {
  private static final Logger LOG = LoggerFactory.getLogger(Tidying.class);
  private static final int BATCH = 1000;
  private static final UUID FIRST = new UUID(0, 0);

  private final JdbcClient jdbc;
  private final Uploaded uploads;
  private final TidyingSettings settings;
  private final Clock clock;

  Tidying(JdbcClient jdbc, Uploaded uploads, TidyingSettings settings, Clock clock) {
    this.jdbc = jdbc;
    this.uploads = uploads;
    this.settings = settings;
    this.clock = clock;
  }

  /** Does what there is to do. */
  public void tidy() {
    Instant now = Times.now(clock);
    int ids = forgetIds(now.minus(settings.idsKept()));
    Uploaded.Removed removed = uploads.removeUnused(now.minus(settings.uploadsKept()));
    if (ids + removed.uploads() + removed.contents() > 0) {
      LOG.info(
          "forgot the ids of {} submissions; removed {} uploads that nobody used, and {} contents",
          ids,
          removed.uploads(),
          removed.contents());
    }
  }

  /**
   * From then on, the same id is another email. The message keeps it to be shown. What still has to
   * leave keeps it too, however old it is.
   */
  private int forgetIds(Instant acceptedBefore) {
    int forgotten = 0;
    UUID after = FIRST;
    while (true) {
      List<UUID> batch =
          jdbc.sql(
                  """
                  WITH old AS (
                    SELECT s.message_id FROM outbound_submission s
                    WHERE s.message_id > :after AND s.accepted_at < :before AND s.forgotten_id IS NULL
                      AND s.submission_id <> s.message_id::text
                      AND NOT EXISTS (SELECT 1 FROM outbound_delivery d WHERE d.message_id = s.message_id)
                    ORDER BY s.message_id LIMIT :limit FOR UPDATE OF s SKIP LOCKED)
                  UPDATE outbound_submission s
                    SET forgotten_id = s.submission_id, submission_id = s.message_id::text
                  FROM old WHERE s.message_id = old.message_id RETURNING s.message_id
                  """)
              .param("after", after)
              .param("before", Times.parameter(acceptedBefore))
              .param("limit", BATCH)
              .query(UUID.class)
              .list();
      forgotten += batch.size();
      if (batch.size() < BATCH) {
        return forgotten;
      }
      // As PostgreSQL orders them, and not as Java does.
      after = batch.stream().max((a, b) -> a.toString().compareTo(b.toString())).orElseThrow();
    }
  }
}
