package org.byoemail.outbound.submission;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Counts the failures of submissions that the broker delivers again and again. Only a failure since
 * which another submission was accepted, on any node, says something about this one: what fails for
 * everybody is our own trouble, and waited for. Safe for use by many threads and nodes.
 */
@Repository
public class FailingSubmissions {
  /** How many failures are counted before a submission is given up. */
  static final int MAX_FAILURES = 10;

  private final JdbcClient jdbc;

  FailingSubmissions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Counts a delivery before it is processed, so that one that crashes the process counts too.
   *
   * @param holdsUpOthers whether others wait behind it: then a failure also counts if it is the
   *     first in a minute, since nothing may be accepted meanwhile
   * @throws RedeliveryLimitReached if the submission is to be given up
   */
  public void deliveredAgain(String brokerId, boolean holdsUpOthers) {
    Optional<Integer> failures =
        jdbc.sql(
                """
                WITH old AS (DELETE FROM submission_failure WHERE counted_at < statement_timestamp() - interval '30 days'),
                  newest AS (SELECT message_id AS id FROM outbound_submission ORDER BY message_id DESC LIMIT 1)
                INSERT INTO submission_failure AS known (broker_id, failures, newest, counted_at)
                VALUES (:id, 1, (SELECT id FROM newest), statement_timestamp())
                ON CONFLICT (broker_id) DO UPDATE
                SET failures = known.failures + 1, newest = excluded.newest, counted_at = excluded.counted_at
                WHERE excluded.newest IS DISTINCT FROM known.newest
                  OR :alone AND known.counted_at < statement_timestamp() - interval '1 minute'
                RETURNING failures
                """)
            .param("id", brokerId)
            .param("alone", holdsUpOthers)
            .query(Integer.class)
            .optional();
    if (failures.isPresent() && failures.get() > MAX_FAILURES) {
      throw new RedeliveryLimitReached();
    }
  }

  /** The last failure does not count: a service that it needs is unavailable. */
  public void needsWhatIsAway(String brokerId) {
    jdbc.sql("UPDATE submission_failure SET failures = failures - 1 WHERE broker_id = :id")
        .param("id", brokerId)
        .update();
  }

  /** The submission was accepted, rejected or given up. */
  public void settled(String brokerId) {
    jdbc.sql("DELETE FROM submission_failure WHERE broker_id = :id").param("id", brokerId).update();
  }
}
