package org.byoemail.outbound.sentfolder;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.foldercopy.CopyQueue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The copies to store in Sent folders: one for each message, whatever the number of its attempts.
 */
@Repository
class SentCopies {
  private static final List<Duration> DELAYS =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(6),
          Duration.ofHours(14));

  private final SentFolderSettings settings;
  private final JdbcClient jdbc;
  private final CopyQueue<Copy> queue;

  SentCopies(SentFolderSettings settings, JdbcClient jdbc, MeterRegistry meters) {
    this.settings = settings;
    this.jdbc = jdbc;
    this.queue =
        new CopyQueue<>(
            jdbc,
            meters,
            new CopyQueue.Definition<>(
                "sent_copy",
                "UPDATE sent_copy c",
                "message_id",
                """
                c.message_id, c.account_id, c.claim_token, c.tries, c.attempt_id,
                  coalesce((SELECT a.sent_at FROM outbound_message_attempt a WHERE a.id = c.attempt_id), c.due_at)
                    AS sent_at
                """,
                (row, number) ->
                    new Copy(
                        new StoredMessageId(row.getObject("message_id", UUID.class)),
                        new AccountId(row.getObject("account_id", UUID.class)),
                        row.getObject("claim_token", UUID.class),
                        row.getInt("tries"),
                        new AttemptId(row.getObject("attempt_id", UUID.class)),
                        row.getTimestamp("sent_at").toInstant()),
                "byo.sent.copies",
                tries ->
                    tries > DELAYS.size() ? Optional.empty() : Optional.of(DELAYS.get(tries - 1))));
  }

  /**
   * A claimed copy.
   *
   * @param attempt the one by which it was sent
   */
  record Copy(
      StoredMessageId message,
      AccountId account,
      UUID token,
      int tries,
      AttemptId attempt,
      Instant sentAt)
      implements CopyQueue.ClaimedCopy {
    @Override
    public UUID key() {
      return message.value();
    }
  }

  CopyQueue<Copy> queue() {
    return queue;
  }

  /** Plans the copies of attempts that succeeded by accounts that store copies. */
  void plan(Collection<AttemptId> attempts) {
    jdbc.sql(
            """
            INSERT INTO sent_copy (message_id, attempt_id, account_id, due_at)
            SELECT a.message_id, a.id, s.account_id, statement_timestamp() + :wait * interval '1 millisecond'
            FROM outbound_message_attempt a
              JOIN message m ON m.id = a.message_id
              JOIN endpoint_account l ON l.endpoint_id = m.endpoint_id
              JOIN agent_email_account x ON x.id = l.account_id AND x.imap_host IS NOT NULL
              JOIN account_sent_folder s ON s.account_id = x.id AND s.enabled
            WHERE a.id = ANY (:attempts) AND a.provider = 'smtp' AND a.outcome = 'accepted'
            ON CONFLICT DO NOTHING
            """)
        .param("attempts", attempts.stream().map(AttemptId::value).toArray(UUID[]::new))
        .param("wait", settings.delay().toMillis())
        .update();
  }

  /** The server itself stores copies, so none is needed. */
  void done(Copy copy) {
    queue
        .claimed(copy, "status = 'done', error = NULL, claim_token = NULL, claimed_until = NULL")
        .update();
  }

  /**
   * The folder has the copy.
   *
   * @param outcome {@code appended}, or {@code found}: the server's own or an earlier one
   */
  void stored(Copy copy, String outcome) {
    done(copy);
    queue.count(outcome);
  }
}
