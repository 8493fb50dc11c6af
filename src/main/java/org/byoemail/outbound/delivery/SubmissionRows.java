package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.suppression.Suppressions;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of accepted submissions and of what is queued for them, in batches. */
@Repository
class SubmissionRows {
  /** Precedes the message's id in place of a forgotten one: no producer's id contains it. */
  private static final String FORGOTTEN = "\t";

  private final JdbcClient jdbc;

  SubmissionRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Takes the ids of submissions. Waits for another transaction that is about to take one of them.
   *
   * @return the messages whose id was free
   */
  Set<StoredMessageId> register(List<NewDelivery> submissions) {
    return new HashSet<>(
        jdbc.sql(
                """
                INSERT INTO outbound_submission (message_id, organization, submission_id, body_sha256, priority,
                  send_at, expires_at, auto_submitted, request_delivery_report, accepted_at, traceparent, submitter_key)
                SELECT n.message_id, n.organization, n.submission_id, decode(n.digest, 'hex'), n.priority,
                  n.send_at, n.expires_at, n.auto_submitted, n.request_delivery_report, n.accepted_at, n.traceparent,
                  n.submitter_key
                FROM unnest(:messages::uuid[], :organizations::text[], :ids::text[], :digests::text[],
                    :priorities::int[], :sendAts::timestamptz[], :expiresAts::timestamptz[],
                    :automatic::bool[], :reports::bool[], :acceptedAts::timestamptz[],
                    :traces::text[], :submitters::uuid[])
                  WITH ORDINALITY AS n (message_id, organization, submission_id, digest, priority, send_at,
                    expires_at, auto_submitted, request_delivery_report, accepted_at, traceparent, submitter_key, place)
                ORDER BY n.place
                ON CONFLICT (organization, submission_id) DO NOTHING
                RETURNING message_id
                """)
            .param("messages", uuids(submissions, one -> one.message().value()))
            .param("organizations", texts(submissions, one -> one.organization().value()))
            .param("ids", texts(submissions, NewDelivery::submissionId))
            .param("digests", texts(submissions, NewDelivery::digest))
            .param("priorities", priorities(submissions))
            .param("sendAts", times(submissions, NewDelivery::sendAt))
            .param("expiresAts", times(submissions, NewDelivery::expiresAt))
            .param("automatic", flags(submissions, NewDelivery::autoSubmitted))
            .param("reports", flags(submissions, NewDelivery::requestDeliveryReport))
            .param("acceptedAts", times(submissions, NewDelivery::acceptedAt))
            .param("submitters", uuids(submissions, NewDelivery::submitter))
            .param(
                "traces",
                texts(submissions, one -> one.trace() == null ? null : one.trace().text()))
            .query((row, number) -> new StoredMessageId(row.getObject("message_id", UUID.class)))
            .list());
  }

  /**
   * Stores recipients, first attempts and deliveries.
   *
   * @return by message, the recipients that are suppressed: they are stored as failed
   */
  Map<StoredMessageId, List<EmailAddress>> queue(List<NewDelivery> submissions) {
    List<StoredMessageId> messages = new ArrayList<>();
    List<String> organizations = new ArrayList<>();
    List<UUID> agents = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    List<@Nullable String> mailboxes = new ArrayList<>();
    List<String> kinds = new ArrayList<>();
    List<Boolean> inReview = new ArrayList<>();
    for (NewDelivery one : submissions) {
      one.recipients()
          .forEach(
              (address, kind) -> {
                messages.add(one.message());
                organizations.add(one.organization().value());
                agents.add(one.agent().value());
                addresses.add(address.value());
                mailboxes.add(address.mailbox().equals(address.value()) ? null : address.mailbox());
                kinds.add(kind);
                inReview.add(one.review() != null);
              });
    }
    Map<StoredMessageId, List<EmailAddress>> suppressed = new HashMap<>();
    jdbc.sql(
            """
            WITH given AS (
              SELECT * FROM unnest(:messages::uuid[], :attempts::uuid[], :accounts::uuid[], :priorities::int[],
                  :dueAts::timestamptz[], :acceptedAts::timestamptz[], :reviewed::bool[], :bases::text[])
                AS n (message_id, attempt, account, priority, due_at, accepted_at, reviewed, basis)
            ), attempt AS (
              INSERT INTO outbound_message_attempt (id, message_id, try_number, status, queued_at)
              SELECT attempt, message_id, 1, 'QUEUED', accepted_at FROM given
            ), recipients AS (
              INSERT INTO message_recipient (message_id, address, mailbox, kind, status, updated_at)
              SELECT r.message_id, r.address, r.mailbox, r.kind,
                CASE WHEN s.id IS NOT NULL OR u.id IS NOT NULL THEN 'failed' WHEN r.reviewed THEN 'in_review' ELSE 'queued' END, statement_timestamp()
              FROM unnest(:recipientsOf::uuid[], :organizations::text[], :agents::uuid[], :addresses::text[], :mailboxes::text[], :kinds::text[],
                    :inReview::bool[])
                  AS r (message_id, organization, agent_id, address, mailbox, kind, reviewed)
                LEFT JOIN suppression s ON s.organization = r.organization AND s.address = r.address
                  AND %s
                LEFT JOIN unsubscription u ON u.organization = r.organization AND u.address = r.address
                  AND u.agent_id = r.agent_id
              RETURNING message_id, address, status
            ), delivery AS (
              INSERT INTO outbound_delivery (message_id, account_id, attempt_id, try_number, priority, due_at, due,
                gate_basis, gated_at)
              SELECT message_id, account, attempt, 1, priority, due_at, %s, basis,
                CASE WHEN basis IS NOT NULL THEN statement_timestamp() END
              FROM given WHERE NOT reviewed
            )
            SELECT message_id, address FROM recipients WHERE status = 'failed' ORDER BY message_id, address
            """
                .formatted(Suppressions.active("s"), Deliveries.isDue("due_at")))
        .param("messages", uuids(submissions, one -> one.message().value()))
        .param("attempts", uuids(submissions, one -> one.attempt().value()))
        .param(
            "accounts",
            uuids(submissions, one -> one.account() == null ? null : one.account().value()))
        .param("priorities", priorities(submissions))
        .param("dueAts", times(submissions, NewDelivery::dueAt))
        .param("acceptedAts", times(submissions, NewDelivery::acceptedAt))
        .param("recipientsOf", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .param("organizations", organizations.toArray(String[]::new))
        .param("agents", agents.toArray(UUID[]::new))
        .param("addresses", addresses.toArray(String[]::new))
        .param("mailboxes", mailboxes.toArray(String[]::new))
        .param("kinds", kinds.toArray(String[]::new))
        .param("inReview", inReview.toArray(Boolean[]::new))
        .param("bases", texts(submissions, NewDelivery::gateBasis))
        .param("reviewed", flags(submissions, one -> one.review() != null))
        .query(
            row -> {
              suppressed
                  .computeIfAbsent(
                      new StoredMessageId(row.getObject("message_id", UUID.class)),
                      message -> new ArrayList<>())
                  .add(new EmailAddress(row.getString("address")));
            });
    return suppressed;
  }

  /** Lets a message expire no sooner than after that time, from now on. */
  void extendExpiry(StoredMessageId message, Duration time) {
    jdbc.sql(
            """
            UPDATE outbound_submission
            SET expires_at = greatest(expires_at, statement_timestamp() + :time * interval '1 second')
            WHERE message_id = :id
            """)
        .param("id", message.value())
        .param("time", time.toSeconds())
        .update();
  }

  /**
   * Frees the ids of submissions that have no delivery any more, in the order of their messages;
   * rows that another transaction has locked are skipped.
   *
   * @return how many
   */
  int forgetIds(Collection<StoredMessageId> messages) {
    return jdbc.sql(
            """
            UPDATE outbound_submission s
              SET forgotten_id = s.submission_id, submission_id = :mark || s.message_id::text
            FROM (SELECT message_id FROM outbound_submission
              WHERE message_id = ANY (:messages) AND forgotten_id IS NULL AND status <> 'in_review'
                AND NOT EXISTS (SELECT 1 FROM outbound_delivery d WHERE d.message_id = outbound_submission.message_id)
              ORDER BY message_id FOR UPDATE SKIP LOCKED) old
            WHERE s.message_id = old.message_id
            """)
        .param("mark", FORGOTTEN)
        .param("messages", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .update();
  }

  private static UUID[] uuids(
      List<NewDelivery> submissions, Function<NewDelivery, @Nullable UUID> field) {
    return submissions.stream().map(field).toArray(UUID[]::new);
  }

  private static String[] texts(
      List<NewDelivery> submissions, Function<NewDelivery, @Nullable String> field) {
    return submissions.stream().map(field).toArray(String[]::new);
  }

  // The driver writes an array of times as text: ISO 8601 in UTC.
  private static String[] times(
      List<NewDelivery> submissions, Function<NewDelivery, @Nullable Instant> field) {
    return submissions.stream()
        .map(field)
        .map(time -> time == null ? null : time.toString())
        .toArray(String[]::new);
  }

  private static Boolean[] flags(
      List<NewDelivery> submissions, Function<NewDelivery, Boolean> field) {
    return submissions.stream().map(field).toArray(Boolean[]::new);
  }

  private static Integer[] priorities(List<NewDelivery> submissions) {
    return submissions.stream().map(NewDelivery::priority).toArray(Integer[]::new);
  }
}
