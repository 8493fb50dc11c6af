package org.byoemail.inbound.mailbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.SearchPage;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Removes personal data from the rows of inbound mails and keeps the rows: their UIDs and
 * fingerprints prevent a second ingestion. A raw mail is removed from the contents once nothing
 * refers to it. Thread-safe.
 */
@Repository
public class InboundMailCleanup {
  private final JdbcClient jdbc;

  InboundMailCleanup(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Strips the mails of messages that are deleted, in the caller's transaction. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void strip(Collection<StoredMessageId> messages) {
    jdbc.sql(
            """
            DELETE FROM mailbox_action WHERE inbound_mail_id IN (
              SELECT id FROM inbound_mail WHERE message_id = ANY (:ids))
            """)
        .param("ids", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .update();
    jdbc.sql(
            """
            UPDATE inbound_mail SET message_id = NULL, sender = NULL, subject = NULL, raw_sha256 = NULL, raw_offset = NULL,
              raw_length = NULL, verdict_reason = NULL, verdict_facts = NULL
            WHERE message_id = ANY (:ids)
            """)
        .param("ids", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .update();
  }

  /** Removes the raw mails of messages; returns how many. */
  @Transactional(propagation = Propagation.MANDATORY)
  public int dropRaw(Collection<StoredMessageId> messages) {
    return jdbc.sql(
            """
            UPDATE inbound_mail SET raw_sha256 = NULL, raw_offset = NULL, raw_length = NULL
            WHERE message_id = ANY (:ids) AND raw_sha256 IS NOT NULL
            """)
        .param("ids", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .update();
  }

  /** Removes some older raw mails that became no message and are not in the quarantine. */
  @Transactional
  public int dropRawOfOthers(OrganizationId organization, Instant before, int limit) {
    return jdbc.sql(
            """
            UPDATE inbound_mail SET raw_sha256 = NULL, raw_offset = NULL, raw_length = NULL
            WHERE id IN (
              SELECT id FROM inbound_mail WHERE status IN ('report', 'refused', 'duplicate') AND id < :bound
                AND organization = :organization AND raw_sha256 IS NOT NULL
              LIMIT :limit FOR UPDATE SKIP LOCKED)
            """)
        .param("organization", organization.value())
        .param("bound", Ids.firstOf(before))
        .param("limit", limit)
        .update();
  }

  /** Ends the quarantine of some older mails: they can no longer be retried. */
  @Transactional
  public int endQuarantine(OrganizationId organization, Instant before, int limit) {
    return jdbc.sql(
            """
            UPDATE inbound_mail SET status = 'refused', reason = 'it was in the quarantine for its time', sender = NULL,
              subject = NULL, raw_sha256 = NULL, raw_offset = NULL, raw_length = NULL, refetch_at = NULL,
              verdict_reason = NULL, verdict_facts = NULL
            WHERE id IN (
              SELECT id FROM inbound_mail WHERE status = 'quarantined' AND held_at IS NULL AND id < :bound AND organization = :organization
              ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)
            """)
        .param("organization", organization.value())
        .param("bound", Ids.firstOf(before))
        .param("limit", limit)
        .update();
  }

  /**
   * Finds the contents that hold the raw mails of messages, alone or with others.
   *
   * @return their names
   */
  public List<String> rawContents(Collection<StoredMessageId> messages) {
    return jdbc.sql(
            """
            SELECT DISTINCT raw_sha256 FROM inbound_mail WHERE message_id = ANY (:ids) AND raw_sha256 IS NOT NULL
            """)
        .param("ids", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .query(String.class)
        .list();
  }

  /**
   * Searches the next rows of all organisations for such mails, in the order of their ids.
   *
   * @param address in lower case
   */
  public SearchPage of(OrganizationId organization, String address, UUID after, int most) {
    return SearchPage.read(
        jdbc.sql(
                """
                SELECT id, organization = :organization AND message_id IS NULL AND lower(sender) = :address AS is_of
                FROM inbound_mail WHERE id > :after ORDER BY id LIMIT :most
                """)
            .param("address", address)
            .param("organization", organization.value())
            .param("after", after)
            .param("most", most),
        most);
  }

  /**
   * Removes personal data of mails that became no message; mails in the quarantine leave it.
   *
   * @return the contents that held their raw mails
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<String> stripOthers(Collection<UUID> mails) {
    return jdbc.sql(
            """
            WITH found AS (SELECT id, raw_sha256 FROM inbound_mail WHERE id = ANY (:ids) ORDER BY id FOR UPDATE),
            stripped AS (
              UPDATE inbound_mail i SET sender = NULL, subject = NULL, raw_sha256 = NULL, raw_offset = NULL,
                raw_length = NULL, refetch_at = NULL, verdict_reason = NULL, verdict_facts = NULL,
                recheck_at = NULL,
                reason = CASE WHEN status = 'quarantined' THEN 'its sender was erased' ELSE reason END,
                status = CASE WHEN status = 'quarantined' THEN 'refused' ELSE status END
              FROM found WHERE i.id = found.id)
            SELECT DISTINCT raw_sha256 FROM found WHERE raw_sha256 IS NOT NULL
            """)
        .param("ids", mails.toArray(UUID[]::new))
        .query(String.class)
        .list();
  }

  private record Piece(UUID mail, long offset, long length) {}

  /**
   * Copies the remaining mails of a shared content to a new one, so that the bytes of stripped
   * mails can be removed with the old one. Does nothing if none remain.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void repack(String sha256, ContentStore contents) {
    List<Piece> pieces =
        jdbc.sql(
                """
                SELECT id, raw_offset, raw_length FROM inbound_mail
                WHERE left(raw_sha256, 16) = left(:sha256, 16) AND raw_sha256 = :sha256 AND raw_offset IS NOT NULL
                ORDER BY id FOR UPDATE
                """)
            .param("sha256", sha256)
            .query(
                (row, number) ->
                    new Piece(
                        row.getObject("id", UUID.class),
                        row.getLong("raw_offset"),
                        row.getLong("raw_length")))
            .list();
    if (pieces.isEmpty()) {
      return;
    }
    Iterator<Piece> left = pieces.iterator();
    // Each part is opened after the previous one has been read.
    Enumeration<InputStream> streams =
        new Enumeration<>() {
          @Override
          public boolean hasMoreElements() {
            return left.hasNext();
          }

          @Override
          public InputStream nextElement() {
            Piece piece = left.next();
            return contents.open(new ContentStore.Piece(sha256, piece.offset(), piece.length()));
          }
        };
    String stored;
    try (InputStream all = new SequenceInputStream(streams)) {
      stored = contents.store(all).sha256();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot store what is left of content " + sha256, e);
    }
    long offset = 0;
    for (Piece piece : pieces) {
      jdbc.sql("UPDATE inbound_mail SET raw_sha256 = :sha256, raw_offset = :offset WHERE id = :id")
          .param("sha256", stored)
          .param("offset", offset)
          .param("id", piece.mail())
          .update();
      offset += piece.length();
    }
  }
}
