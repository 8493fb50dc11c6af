package org.byoemail.outbound;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.byoemail.mail.AttemptId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The recipients of outbound messages, and the status of a message that is derived from them: it is
 * written here and nowhere else.
 */
@Repository
class Recipients {
  /**
   * What is to be written of one.
   *
   * @param code an enhanced status, a reply code, or a word of ours
   */
  record Change(
      EmailAddress address,
      RecipientStatus state,
      @Nullable String code,
      @Nullable String diagnostic) {
    /** The code, where it is an enhanced status (RFC 3463). */
    @Nullable String enhancedStatus() {
      return code != null && code.matches("[245]\\.\\d{1,3}\\.\\d{1,3}") ? code : null;
    }
  }

  /** One of them as it is stored. */
  record Row(EmailAddress address, RecipientStatus state, @Nullable AttemptId attempt) {}

  private final JdbcClient jdbc;
  private final Clock clock;

  Recipients(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Those of a message, by address; locked for the rest of the transaction. */
  List<Row> lock(UUID message) {
    return jdbc.sql(
            "SELECT address, status, attempt_id FROM message_recipient WHERE message_id = :message"
                + " ORDER BY address FOR UPDATE")
        .param("message", message)
        .query(
            (row, number) -> {
              UUID attempt = row.getObject("attempt_id", UUID.class);
              return new Row(
                  new EmailAddress(row.getString("address")),
                  RecipientStatus.of(row.getString("status")),
                  attempt == null ? null : new AttemptId(attempt));
            })
        .list();
  }

  /**
   * Writes the states of some recipients, if they are in one of those states, and the status of
   * their message.
   *
   * @return the status that the message has now
   */
  MessageStatus change(UUID message, Collection<RecipientStatus> from, Collection<Change> changes) {
    jdbc.sql(
            """
            UPDATE message_recipient r SET status = c.status, updated_at = :now,
              enhanced_status = coalesce(c.enhanced_status, r.enhanced_status),
              diagnostic = coalesce(c.diagnostic, r.diagnostic)
            FROM unnest(CAST(:addresses AS text[]), CAST(:states AS text[]),
                CAST(:enhanced AS text[]), CAST(:diagnostics AS text[]))
              AS c (address, status, enhanced_status, diagnostic)
            WHERE r.message_id = :message AND r.address = c.address
              AND r.status = ANY (CAST(:from AS text[]))
            """)
        .param("message", message)
        .param("now", Times.parameter(clock.instant()))
        .param("addresses", changes.stream().map(c -> c.address().value()).toArray(String[]::new))
        .param("states", changes.stream().map(c -> c.state().word()).toArray(String[]::new))
        .param("enhanced", changes.stream().map(Change::enhancedStatus).toArray(String[]::new))
        .param("diagnostics", changes.stream().map(Change::diagnostic).toArray(String[]::new))
        .param("from", from.stream().map(RecipientStatus::word).toArray(String[]::new))
        .update();
    return derive(message);
  }

  /** It was no try: whoever was part of it waits again. */
  void requeue(Claim claim) {
    RecipientStatus waiting =
        claim.tryNumber() > 1 ? RecipientStatus.DEFERRED : RecipientStatus.QUEUED;
    jdbc.sql(
            """
            UPDATE message_recipient SET status = :waiting, attempt_id = NULL, updated_at = :now
            WHERE message_id = :message AND status = 'sending'
            """)
        .param("message", claim.message())
        .param("waiting", waiting.word())
        .param("now", Times.parameter(clock.instant()))
        .update();
    derive(claim.message());
  }

  /** Writes the status of a message anew. */
  MessageStatus derive(UUID message) {
    List<RecipientStatus> states =
        jdbc
            .sql("SELECT status FROM message_recipient WHERE message_id = :message")
            .param("message", message)
            .query(String.class)
            .list()
            .stream()
            .map(RecipientStatus::of)
            .toList();
    MessageStatus status = MessageStatus.of(states);
    jdbc.sql(
            "UPDATE outbound_submission SET status = :status WHERE message_id = :message AND status <> :status")
        .param("message", message)
        .param("status", status.word())
        .update();
    return status;
  }
}
