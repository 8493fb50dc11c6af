package org.byoemail.outbound.delivery;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Queued messages from before a restore of the database. They may have been sent after the backup
 * was made: each becomes sent or is held for a person. Locks in the order of {@link
 * DeliveryLifecycle}. Safe for use by many threads and nodes.
 */
@Component
public class RestoredDeliveries {
  /** Why they are held. */
  public static final String REASON = "restored";

  private static final String FOUND =
      "it was found in the Sent folder after the database was restored";

  private final JdbcClient jdbc;
  private final Deliveries deliveries;
  private final AttemptRows attempts;
  private final Recipients recipients;
  private final Messages messages;
  private final SendEvents events;
  private final ReviewLifecycle reviewed;

  RestoredDeliveries(
      JdbcClient jdbc,
      Deliveries deliveries,
      AttemptRows attempts,
      Recipients recipients,
      Messages messages,
      SendEvents events,
      ReviewLifecycle reviewed) {
    this.reviewed = reviewed;
    this.jdbc = jdbc;
    this.deliveries = deliveries;
    this.attempts = attempts;
    this.recipients = recipients;
    this.messages = messages;
    this.events = events;
  }

  /**
   * A message that may have been sent.
   *
   * @param account null if it has none
   * @param messageId null if it has none
   */
  public record Waiting(
      StoredMessageId message,
      @Nullable AccountId account,
      AttemptId attempt,
      @Nullable MessageId messageId,
      Instant acceptedAt) {}

  /**
   * Some messages of one account that were accepted before the restore and are neither held nor
   * claimed.
   */
  public List<Waiting> next(Instant before, int limit) {
    return jdbc.sql(
            """
            WITH affected AS (
              SELECT d.message_id, d.account_id, d.attempt_id, s.accepted_at
              FROM outbound_delivery d JOIN outbound_submission s ON s.message_id = d.message_id
              WHERE d.held_reason IS NULL AND d.claim_token IS NULL AND s.accepted_at < :before::timestamptz
              -- Approved after the backup was made, maybe.
              UNION ALL SELECT r.message_id, ea.account_id, a.id, s.accepted_at
              FROM outbound_review r JOIN outbound_submission s ON s.message_id = r.message_id
                JOIN message m ON m.id = r.message_id
                JOIN outbound_message_attempt a ON a.message_id = r.message_id AND a.status = 'QUEUED'
                LEFT JOIN endpoint_account ea ON ea.endpoint_id = m.endpoint_id
              WHERE r.state = 'requested' AND r.requested_at < :before::timestamptz),
            chosen AS (SELECT account_id FROM affected ORDER BY account_id NULLS LAST LIMIT 1)
            SELECT a.*, m.rfc_message_id FROM affected a JOIN message m ON m.id = a.message_id
            WHERE a.account_id IS NOT DISTINCT FROM (SELECT account_id FROM chosen)
            ORDER BY a.message_id LIMIT :limit
            """)
        .param("before", before.toString())
        .param("limit", limit)
        .query(
            (row, number) -> {
              UUID account = row.getObject("account_id", UUID.class);
              String id = row.getString("rfc_message_id");
              return new Waiting(
                  new StoredMessageId(row.getObject("message_id", UUID.class)),
                  account == null ? null : new AccountId(account),
                  new AttemptId(row.getObject("attempt_id", UUID.class)),
                  id == null ? null : MessageId.parse("<" + id + ">").orElse(null),
                  row.getTimestamp("accepted_at").toInstant());
            })
        .list();
  }

  /**
   * Counts messages that were accepted before the restore and are not held, including claimed ones.
   */
  public long remaining(Instant before) {
    return jdbc.sql(
            """
            SELECT (SELECT count(*) FROM outbound_delivery d JOIN outbound_submission s ON s.message_id = d.message_id
                WHERE d.held_reason IS NULL AND s.accepted_at < :before::timestamptz)
              + (SELECT count(*) FROM outbound_review
                WHERE state = 'requested' AND requested_at < :before::timestamptz)
            """)
        .param("before", before.toString())
        .query(Long.class)
        .single();
  }

  /**
   * Records that the message was found in its Sent folder: it was sent to all open recipients.
   *
   * @return false if the message has changed meanwhile
   */
  @Transactional
  public boolean found(Waiting waiting) {
    return change(
        waiting,
        RecipientStatus.SENT,
        null,
        null,
        () -> {
          deliveries.drop(List.of(waiting.message()));
          reviewed.endFound(waiting.message());
          attempts.found(waiting.attempt(), FOUND);
        });
  }

  /**
   * Holds the message for a person; one in review is asked for again, with the reason.
   *
   * @param why for people
   * @return false if the message has changed meanwhile
   */
  @Transactional
  public boolean hold(Waiting waiting, String why) {
    return reviewed.askAfterRestore(waiting.message(), why)
        || change(
            waiting,
            RecipientStatus.HELD,
            REASON,
            why,
            () -> deliveries.hold(waiting.message(), REASON));
  }

  private boolean change(
      Waiting waiting,
      RecipientStatus to,
      @Nullable String code,
      @Nullable String words,
      Runnable rows) {
    StoredMessageId id = waiting.message();
    if (recipients.lockMessages(List.of(id)) == 0) {
      return false;
    }
    Deliveries.State delivery = deliveries.lock(id).orElse(null);
    boolean waits =
        delivery == null
            ? to == RecipientStatus.SENT && reviewed.isAsked(id)
            : !delivery.isClaimed() && !delivery.isHeld();
    if (!waits) {
      return false;
    }
    rows.run();
    List<Change> changes =
        recipients.addresses(id, RecipientStatus::isOpen).stream()
            .map(address -> new Change(address, to, code, words))
            .toList();
    if (changes.isEmpty()) {
      return true;
    }
    MessageStatus status = recipients.change(id, RecipientStatus::isOpen, changes);
    Message message = messages.withoutTexts(id).orElseThrow();
    events.publish(
        List.of(
            new SendEvents.Result(
                message, waiting.account(), waiting.attempt(), status, changes, null, null)));
    return true;
  }
}
