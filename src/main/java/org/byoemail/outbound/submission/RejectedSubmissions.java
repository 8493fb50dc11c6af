package org.byoemail.outbound.submission;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AddressPattern;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Keeps submissions from the queue that could not be accepted, for 30 days. */
@Repository
public class RejectedSubmissions {
  private static final Duration KEPT = Duration.ofDays(30);

  private final JdbcClient jdbc;

  RejectedSubmissions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Keeps one; once, however often the broker delivers it. */
  public void keep(RejectedSubmission rejected) {
    jdbc.sql(
            """
            WITH old AS (DELETE FROM rejected_submission WHERE created_at < statement_timestamp() - :kept * interval '1 second')
            INSERT INTO rejected_submission (id, broker_id, organization, broker_user, submission_id, reason, body,
              created_at)
            VALUES (:id, :brokerId, :organization, :user, :submission, :reason, :body, statement_timestamp())
            ON CONFLICT (broker_id) DO NOTHING
            """)
        .param("kept", KEPT.toSeconds())
        .param("id", Ids.next())
        .param("brokerId", rejected.brokerId())
        .param("organization", OrganizationId.valueOrNull(rejected.organization()))
        .param("user", clean(rejected.brokerUser()))
        .param("submission", clean(rejected.submissionId()))
        .param("reason", clean(rejected.reason()))
        .param("body", rejected.body())
        .update();
  }

  public Optional<RejectedSubmission> find(UUID id) {
    return jdbc.sql("SELECT * FROM rejected_submission WHERE id = :id")
        .param("id", id)
        .query(
            (row, number) ->
                new RejectedSubmission(
                    row.getString("broker_id"),
                    OrganizationId.ofNullable(row.getString("organization")),
                    row.getString("broker_user"),
                    row.getString("submission_id"),
                    row.getString("reason"),
                    row.getBytes("body")))
        .optional();
  }

  public void drop(UUID id) {
    jdbc.sql("DELETE FROM rejected_submission WHERE id = :id").param("id", id).update();
  }

  /**
   * Some of an organisation that have a text in their body or reason, in the order of their ids.
   *
   * @param text in lower case
   */
  public List<UUID> naming(OrganizationId organization, String text, UUID after, int limit) {
    return jdbc.sql(
            """
            SELECT id FROM rejected_submission WHERE organization = :organization AND id > :after
              AND (strpos(lower(encode(body, 'escape')), :text) > 0 OR strpos(lower(reason), :text) > 0)
            ORDER BY id LIMIT :limit
            """)
        .param("organization", organization.value())
        .param("text", text)
        .param("after", after)
        .param("limit", limit)
        .query(UUID.class)
        .list();
  }

  /**
   * Deletes an organisation's rejected submissions that name an address, in the caller's
   * transaction.
   *
   * @param address in lower case
   * @return how many
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public int deleteNaming(OrganizationId organization, String address) {
    return jdbc.sql(
            """
            DELETE FROM rejected_submission WHERE organization = :organization
              AND (strpos(lower(encode(body, 'escape')), :address) > 0 AND lower(encode(body, 'escape')) ~ :whole
                OR strpos(lower(reason), :address) > 0 AND lower(reason) ~ :whole)
            """)
        .param("organization", organization.value())
        .param("address", address)
        .param("whole", AddressPattern.of(address))
        .update();
  }

  private static @Nullable String clean(@Nullable String text) {
    return text == null ? null : text.replace("\0", "");
  }
}
