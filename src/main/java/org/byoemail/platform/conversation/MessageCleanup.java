package org.byoemail.platform.conversation;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Deletes messages with their attachments and conversations, or the attachments alone, after other
 * features have deleted their data about them. Unreferenced contents are removed a day later.
 * Thread-safe.
 */
@Repository
public class MessageCleanup {
  private final JdbcClient jdbc;
  private final UnusedContents contents;

  MessageCleanup(JdbcClient jdbc, UnusedContents contents) {
    this.jdbc = jdbc;
    this.contents = contents;
  }

  /** Some messages of an organisation from before a time, in the order of their ids. */
  public List<StoredMessageId> before(
      OrganizationId organization, Instant moment, UUID after, int limit) {
    return jdbc.sql(
            """
            SELECT id FROM message WHERE organization = :organization AND id > :after AND id < :bound
            ORDER BY id LIMIT :limit
            """)
        .param("organization", organization.value())
        .param("after", after)
        .param("bound", Ids.firstOf(moment))
        .param("limit", limit)
        .query((row, number) -> new StoredMessageId(row.getObject("id", UUID.class)))
        .list();
  }

  /**
   * Searches the next messages for a person's.
   *
   * @param address in lower case
   */
  public SearchPage of(OrganizationId organization, String address, UUID after, int most) {
    return SearchPage.read(
        jdbc.sql(
                """
                SELECT m.id, lower(m.from_address) = :address
                    OR EXISTS (SELECT 1 FROM unnest(m.to_addresses || m.cc_addresses) AS a (address) WHERE lower(a.address) = :address)
                    OR EXISTS (SELECT 1 FROM message_recipient r WHERE r.message_id = m.id AND lower(r.address) = :address)
                    AS is_of
                FROM message m WHERE m.organization = :organization AND m.id > :after ORDER BY m.id LIMIT :most
                """)
            .param("address", address)
            .param("organization", organization.value())
            .param("after", after)
            .param("most", most),
        most);
  }

  /** Marks contents that may be unreferenced: those that are will be removed a day later. */
  public void mayBeUnused(Collection<String> sha256s) {
    contents.announce(sha256s);
  }

  /** The organisations that have messages. */
  public List<OrganizationId> organizations() {
    return Organizations.of(jdbc, "message");
  }

  /**
   * Removes the content of attachments and keeps their names and sizes.
   *
   * @param reason shown instead of the content
   * @return how many attachments
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public int dropFiles(Collection<StoredMessageId> messages, String reason) {
    List<String> dropped =
        jdbc.sql(
                """
                WITH files AS (
                  SELECT id, sha256 FROM attachment WHERE message_id = ANY (:messages) AND sha256 IS NOT NULL FOR UPDATE),
                changed AS (
                  UPDATE attachment a SET sha256 = NULL, rejected = :reason FROM files WHERE a.id = files.id)
                SELECT sha256 FROM files
                """)
            .param("messages", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
            .param("reason", reason)
            .query(String.class)
            .list();
    contents.announce(dropped.stream().distinct().toList());
    return dropped.size();
  }

  /**
   * Deletes messages that no other feature refers to any more, with their attachments and with
   * conversations that become empty.
   *
   * @return how many messages
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public int delete(Collection<StoredMessageId> messages) {
    UUID[] ids = messages.stream().map(StoredMessageId::value).toArray(UUID[]::new);
    List<String> files =
        jdbc
            .sql("DELETE FROM attachment WHERE message_id = ANY (:messages) RETURNING sha256")
            .param("messages", ids)
            .query((row, number) -> String.valueOf(row.getString("sha256")))
            .list()
            .stream()
            .filter(ContentStore::isSha256)
            .distinct()
            .toList();
    contents.announce(files);
    List<ConversationId> conversations =
        jdbc.sql("DELETE FROM message WHERE id = ANY (:messages) RETURNING conversation_id")
            .param("messages", ids)
            .query(
                (row, number) -> new ConversationId(row.getObject("conversation_id", UUID.class)))
            .list();
    deleteIfEmpty(conversations.stream().distinct().toList());
    return conversations.size();
  }

  private void deleteIfEmpty(List<ConversationId> conversations) {
    // A transaction that stores a message in the conversation holds the row: skip it.
    List<ConversationId> empty =
        jdbc.sql(
                """
                SELECT id FROM conversation c WHERE id = ANY (:ids)
                  AND NOT EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id)
                ORDER BY id FOR UPDATE SKIP LOCKED
                """)
            .param("ids", conversations.stream().map(ConversationId::value).toArray(UUID[]::new))
            .query((row, number) -> new ConversationId(row.getObject("id", UUID.class)))
            .list();
    if (empty.isEmpty()) {
      return;
    }
    jdbc.sql("UPDATE conversation SET related_to = NULL WHERE related_to = ANY (:ids)")
        .param("ids", empty.stream().map(ConversationId::value).toArray(UUID[]::new))
        .update();
    jdbc.sql(
            """
            DELETE FROM conversation c WHERE id = ANY (:ids)
              AND NOT EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id)
            """)
        .param("ids", empty.stream().map(ConversationId::value).toArray(UUID[]::new))
        .update();
  }
}
