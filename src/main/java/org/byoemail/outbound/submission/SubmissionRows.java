package org.byoemail.outbound.submission;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows that make stored messages ones that are to leave: of many with one statement. */
@Repository
class SubmissionRows {

  private final JdbcClient jdbc;

  SubmissionRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** One that was accepted before. */
  record Earlier(UUID messageId, String digest) {}

  Optional<Earlier> find(String organization, String submissionId) {
    return jdbc.sql(
            """
            SELECT message_id, body_sha256 FROM outbound_submission
            WHERE organization = :organization AND submission_id = :id
            """)
        .param("organization", organization)
        .param("id", submissionId)
        .query(
            (row, number) ->
                new Earlier(
                    row.getObject("message_id", UUID.class),
                    HexFormat.of().formatHex(row.getBytes("body_sha256"))))
        .optional();
  }

  /**
   * Takes the ids of submissions for messages that are stored later in the same transaction. Waits
   * for another transaction that is about to take one of them.
   *
   * @return the messages of those whose id was free
   */
  Set<UUID> register(List<NewSubmission> submissions) {
    return new HashSet<>(
        jdbc.sql(
                """
                INSERT INTO outbound_submission (message_id, organization, submission_id, body_sha256, priority,
                  send_at, expires_at, auto_submitted, request_delivery_report, accepted_at)
                SELECT n.message_id, n.organization, n.submission_id, decode(n.digest, 'hex'), n.priority,
                  n.send_at, n.expires_at, n.auto_submitted, n.request_delivery_report, n.accepted_at
                FROM unnest(:messages::uuid[], :organizations::text[], :ids::text[], :digests::text[],
                    :priorities::int[], :sendAts::timestamptz[], :expiresAts::timestamptz[],
                    :automatic::bool[], :reports::bool[], :acceptedAts::timestamptz[])
                  WITH ORDINALITY AS n (message_id, organization, submission_id, digest, priority, send_at,
                    expires_at, auto_submitted, request_delivery_report, accepted_at, place)
                ORDER BY n.place
                ON CONFLICT (organization, submission_id) DO NOTHING
                RETURNING message_id
                """)
            .param("messages", uuids(submissions, NewSubmission::messageId))
            .param("organizations", texts(submissions, one -> one.sender().organization()))
            .param("ids", texts(submissions, NewSubmission::id))
            .param("digests", texts(submissions, one -> one.submission().digest()))
            .param("priorities", priorities(submissions))
            .param("sendAts", times(submissions, one -> one.submission().sendAt()))
            .param("expiresAts", times(submissions, NewSubmission::expiresAt))
            .param("automatic", flags(submissions, one -> one.submission().autoSubmitted()))
            .param("reports", flags(submissions, one -> one.submission().requestDeliveryReport()))
            .param("acceptedAts", times(submissions, NewSubmission::acceptedAt))
            .query(UUID.class)
            .list());
  }

  /**
   * Stores recipients, first attempts and deliveries of stored messages.
   *
   * @param recipients of each of them, with what makes them one
   * @return by message, those recipients that are suppressed: they are stored as failed
   */
  Map<UUID, List<EmailAddress>> queue(
      List<NewSubmission> submissions, List<Map<EmailAddress, String>> recipients) {
    List<UUID> messages = new ArrayList<>();
    List<String> organizations = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    List<String> kinds = new ArrayList<>();
    for (int i = 0; i < submissions.size(); i++) {
      NewSubmission one = submissions.get(i);
      recipients
          .get(i)
          .forEach(
              (address, kind) -> {
                messages.add(one.messageId());
                organizations.add(one.sender().organization());
                addresses.add(address.value());
                kinds.add(kind);
              });
    }
    Map<UUID, List<EmailAddress>> leftOut = new HashMap<>();
    jdbc.sql(
            """
            WITH given AS (
              SELECT * FROM unnest(:messages::uuid[], :attempts::uuid[], :accounts::uuid[], :priorities::int[],
                  :dueAts::timestamptz[], :acceptedAts::timestamptz[])
                AS n (message_id, attempt, account, priority, due_at, accepted_at)
            ), attempt AS (
              INSERT INTO outbound_message_attempt (id, message_id, try_number, status, queued_at)
              SELECT attempt, message_id, 1, 'QUEUED', accepted_at FROM given
            ), recipients AS (
              INSERT INTO message_recipient (message_id, address, kind, status, updated_at)
              SELECT r.message_id, r.address, r.kind, CASE WHEN s.id IS NULL THEN 'queued' ELSE 'failed' END, statement_timestamp()
              FROM unnest(:recipientsOf::uuid[], :organizations::text[], :addresses::text[], :kinds::text[])
                  AS r (message_id, organization, address, kind)
                LEFT JOIN suppression s ON s.organization = r.organization AND s.address = r.address
                  AND (s.expires_at IS NULL OR s.expires_at > statement_timestamp())
              RETURNING message_id, address, status
            ), delivery AS (
              INSERT INTO outbound_delivery (message_id, account_id, attempt_id, try_number, priority, due_at, due)
              SELECT message_id, account, attempt, 1, priority, due_at, due_at <= accepted_at FROM given
            )
            SELECT message_id, address FROM recipients WHERE status = 'failed' ORDER BY message_id, address
            """)
        .param("messages", uuids(submissions, NewSubmission::messageId))
        .param("attempts", uuids(submissions, one -> one.attempt().value()))
        .param(
            "accounts",
            uuids(
                submissions,
                one -> one.sender().account() == null ? null : one.sender().account().value()))
        .param("priorities", priorities(submissions))
        .param("dueAts", times(submissions, NewSubmission::dueAt))
        .param("acceptedAts", times(submissions, NewSubmission::acceptedAt))
        .param("recipientsOf", messages.toArray(UUID[]::new))
        .param("organizations", organizations.toArray(String[]::new))
        .param("addresses", addresses.toArray(String[]::new))
        .param("kinds", kinds.toArray(String[]::new))
        .query(
            row -> {
              leftOut
                  .computeIfAbsent(
                      row.getObject("message_id", UUID.class), message -> new ArrayList<>())
                  .add(new EmailAddress(row.getString("address")));
            });
    return leftOut;
  }

  /** Lets a message wait for that time at least, from now on. */
  void keepWaiting(UUID message, Duration time) {
    jdbc.sql(
            """
            UPDATE outbound_submission
            SET expires_at = greatest(expires_at, statement_timestamp() + :time * interval '1 second')
            WHERE message_id = :id
            """)
        .param("id", message)
        .param("time", time.toSeconds())
        .update();
  }

  private static UUID[] uuids(
      List<NewSubmission> submissions, Function<NewSubmission, @Nullable UUID> field) {
    return submissions.stream().map(field).toArray(UUID[]::new);
  }

  private static String[] texts(
      List<NewSubmission> submissions, Function<NewSubmission, String> field) {
    return submissions.stream().map(field).toArray(String[]::new);
  }

  // An array of them is written as text: ISO 8601 in UTC.
  private static String[] times(
      List<NewSubmission> submissions, Function<NewSubmission, @Nullable Instant> field) {
    return submissions.stream()
        .map(field)
        .map(time -> time == null ? null : time.toString())
        .toArray(String[]::new);
  }

  private static Boolean[] flags(
      List<NewSubmission> submissions, Function<NewSubmission, Boolean> field) {
    return submissions.stream().map(field).toArray(Boolean[]::new);
  }

  private static Integer[] priorities(List<NewSubmission> submissions) {
    return submissions.stream().map(one -> one.submission().priority()).toArray(Integer[]::new);
  }
}
