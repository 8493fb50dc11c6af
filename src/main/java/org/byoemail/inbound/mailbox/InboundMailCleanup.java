package org.byoemail.inbound.mailbox;

import java.time.Instant;
import java.util.Collection;
import java.util.UUID;
import org.byoemail.format.mail.Ids;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Removes what the rows of inbound mails hold of people, and keeps the rows: their places and
 * fingerprints prevent that a mail is ingested again. A raw mail is removed from the contents once
 * nothing there refers to it. Thread-safe.
 */
@Repository
public class InboundMailCleanup {
  private final JdbcClient jdbc;

  InboundMailCleanup(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The mails of messages that are deleted, in the transaction of the caller. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void strip(Collection<UUID> messages) {
    jdbc.sql(
            """
            UPDATE inbound_mail SET message_id = NULL, sender = NULL, subject = NULL, raw_sha256 = NULL, raw_offset = NULL,
              raw_length = NULL
            WHERE message_id = ANY (:ids)
            """)
        .param("ids", messages.toArray(UUID[]::new))
        .update();
  }

  /** Removes the raw mails of messages; returns how many. */
  @Transactional(propagation = Propagation.MANDATORY)
  public int dropRaw(Collection<UUID> messages) {
    return jdbc.sql(
            """
            UPDATE inbound_mail SET raw_sha256 = NULL, raw_offset = NULL, raw_length = NULL
            WHERE message_id = ANY (:ids) AND raw_sha256 IS NOT NULL
            """)
        .param("ids", messages.toArray(UUID[]::new))
        .update();
  }

  /**
   * Removes some raw mails from before then that became no message and are not in the quarantine.
   */
  @Transactional
  public int dropRawOfOthers(String organization, Instant before, int limit) {
    return jdbc.sql(
            """
            UPDATE inbound_mail SET raw_sha256 = NULL, raw_offset = NULL, raw_length = NULL
            WHERE id IN (
              SELECT id FROM inbound_mail WHERE status IN ('report', 'refused', 'duplicate') AND id < :bound
                AND organization = :organization AND raw_sha256 IS NOT NULL
              LIMIT :limit FOR UPDATE SKIP LOCKED)
            """)
        .param("organization", organization)
        .param("bound", Ids.firstOf(before))
        .param("limit", limit)
        .update();
  }

  /** Ends the quarantine of some mails from before then: they cannot be retried any more. */
  @Transactional
  public int endQuarantine(String organization, Instant before, int limit) {
    return jdbc.sql(
            """
            UPDATE inbound_mail SET status = 'refused', reason = 'it was in the quarantine for its time', sender = NULL,
              subject = NULL, raw_sha256 = NULL, raw_offset = NULL, raw_length = NULL, refetch_at = NULL
            WHERE id IN (
              SELECT id FROM inbound_mail WHERE status = 'quarantined' AND id < :bound AND organization = :organization
              ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)
            """)
        .param("organization", organization)
        .param("bound", Ids.firstOf(before))
        .param("limit", limit)
        .update();
  }
}
