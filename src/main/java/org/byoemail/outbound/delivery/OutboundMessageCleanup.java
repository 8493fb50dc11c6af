package org.byoemail.outbound.delivery;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.dossier.DossierCleanup;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Deletes the data of outbound messages with a final status. Attempts are deleted with their
 * message.
 */
@Repository
public class OutboundMessageCleanup {
  private final JdbcClient jdbc;
  private final DossierCleanup dossiers;

  OutboundMessageCleanup(JdbcClient jdbc, DossierCleanup dossiers) {
    this.jdbc = jdbc;
    this.dossiers = dossiers;
  }

  /**
   * Locks the messages that may be deleted: inbound ones, and outbound ones that are neither
   * waiting nor held and whose submission id is no longer kept.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Set<StoredMessageId> lockDeletable(Collection<StoredMessageId> messages) {
    UUID[] ids = messages.stream().map(StoredMessageId::value).toArray(UUID[]::new);
    Set<StoredMessageId> deletable = new HashSet<>(messages);
    deletable.removeAll(
        jdbc.sql("SELECT message_id FROM outbound_submission WHERE message_id = ANY (:ids)")
            .param("ids", ids)
            .query((row, number) -> new StoredMessageId(row.getObject("message_id", UUID.class)))
            .list());
    deletable.addAll(
        jdbc.sql(
                """
                SELECT s.message_id FROM outbound_submission s WHERE s.message_id = ANY (:ids)
                  AND (s.forgotten_id IS NOT NULL OR s.submission_id = s.message_id::text)
                  AND NOT EXISTS (SELECT 1 FROM outbound_delivery d WHERE d.message_id = s.message_id)
                ORDER BY s.message_id FOR UPDATE OF s SKIP LOCKED
                """)
            .param("ids", ids)
            .query((row, number) -> new StoredMessageId(row.getObject("message_id", UUID.class)))
            .list());
    return deletable;
  }

  /**
   * Deletes recipients, attempts and submissions of messages that the caller has locked, and erases
   * what their dossiers say.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void delete(Collection<StoredMessageId> messages) {
    UUID[] ids = messages.stream().map(StoredMessageId::value).toArray(UUID[]::new);
    dossiers.erase(messages);
    jdbc.sql("DELETE FROM message_recipient WHERE message_id = ANY (:ids)")
        .param("ids", ids)
        .update();
    jdbc.sql("DELETE FROM outbound_message_attempt WHERE message_id = ANY (:ids)")
        .param("ids", ids)
        .update();
    jdbc.sql("DELETE FROM outbound_submission WHERE message_id = ANY (:ids)")
        .param("ids", ids)
        .update();
  }
}
