package org.byoemail.outbound.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.StoredMessageId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of attempts, as reports find and change them. */
@Repository
class ReportedAttemptRows {
  /** An attempt and its message. */
  record Sent(AttemptId attempt, StoredMessageId message) {}

  private static final String SENT =
      """
      SELECT a.id, a.message_id FROM outbound_message_attempt a JOIN message m ON m.id = a.message_id
      JOIN endpoint_account x ON x.endpoint_id = m.endpoint_id
      WHERE x.account_id = ANY (:accounts) AND a.provider IN ('smtp', 'relay')
      """;

  private final JdbcClient jdbc;

  ReportedAttemptRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The attempt with that id, if it was sent through one of the accounts. */
  Optional<Sent> sent(List<AccountId> accounts, AttemptId attempt) {
    return jdbc.sql(SENT + " AND a.id = :attempt")
        .param("accounts", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
        .param("attempt", attempt.value())
        .query(ReportedAttemptRows::read)
        .optional();
  }

  /** The newest attempt, through one of the accounts, of the message with that Message-ID. */
  Optional<Sent> sent(List<AccountId> accounts, MessageId messageId) {
    return jdbc.sql(
            SENT
                + " AND m.id IN (SELECT id FROM message WHERE rfc_message_id = :messageId UNION ALL"
                + " SELECT message_id FROM message_rfc_id WHERE rfc_message_id = :messageId)"
                + " AND m.direction = 'outbound'"
                + " AND a.status <> 'QUEUED' ORDER BY a.try_number DESC LIMIT 1")
        .param("accounts", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
        .param("messageId", messageId.value())
        .query(ReportedAttemptRows::read)
        .optional();
  }

  /** The attempt with that id, if it was made by Postmark. */
  Optional<Sent> byPostmark(AttemptId attempt) {
    return jdbc.sql(
            "SELECT id, message_id FROM outbound_message_attempt"
                + " WHERE id = :attempt AND provider = 'postmark'")
        .param("attempt", attempt.value())
        .query(ReportedAttemptRows::read)
        .optional();
  }

  /** The newest attempt by Postmark of the message with that learnt Message-ID. */
  Optional<Sent> byPostmark(MessageId messageId) {
    return jdbc.sql(
            """
            SELECT a.id, a.message_id FROM message_rfc_id m
              JOIN outbound_message_attempt a ON a.message_id = m.message_id
            WHERE m.rfc_message_id = :messageId AND a.provider = 'postmark' AND a.status <> 'QUEUED'
            ORDER BY a.try_number DESC LIMIT 1
            """)
        .param("messageId", messageId.value())
        .query(ReportedAttemptRows::read)
        .optional();
  }

  /**
   * The newest attempt, through one of the accounts, of a message to the only one of the addresses
   * that recent messages went to.
   */
  Optional<Sent> lately(List<AccountId> accounts, Collection<EmailAddress> addresses) {
    List<Sent> found =
        jdbc.sql(
                """
                SELECT newest.id, newest.message_id FROM unnest(:addresses) AS named (address)
                CROSS JOIN LATERAL (
                  SELECT a.id, a.message_id, m.created_at FROM (
                    SELECT message_id, attempt_id FROM message_recipient WHERE address = named.address
                    ORDER BY message_id DESC LIMIT 1000
                  ) r JOIN message m ON m.id = r.message_id
                  JOIN outbound_message_attempt a ON a.id = r.attempt_id
                  JOIN endpoint_account x ON x.endpoint_id = m.endpoint_id
                  WHERE x.account_id = ANY (:accounts) AND a.provider IN ('smtp', 'relay')
                    AND a.status <> 'QUEUED'
                  ORDER BY r.message_id DESC LIMIT 1
                ) newest
                WHERE newest.created_at > statement_timestamp() - interval '5 days' LIMIT 2
                """)
            .param("addresses", addresses.stream().map(EmailAddress::value).toArray(String[]::new))
            .param("accounts", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
            .query(ReportedAttemptRows::read)
            .list();
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  private static Sent read(ResultSet row, int number) throws SQLException {
    return new Sent(
        new AttemptId(row.getObject("id", UUID.class)),
        new StoredMessageId(row.getObject("message_id", UUID.class)));
  }
}
