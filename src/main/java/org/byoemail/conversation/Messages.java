package org.byoemail.conversation;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The stored messages. Safe for use by many threads. */
@Repository
public class Messages {
  private final JdbcClient jdbc;
  private final MessageRows rows;

  Messages(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.rows = new MessageRows(json);
  }

  /** Stores a message in the transaction of the caller, and notes it in its conversation. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void store(Message message) {
    jdbc.sql(
            """
            INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address, from_name,
              to_addresses, cc_addresses, reply_to, subject, text_body, html_body, rfc_message_id, in_reply_to,
              rfc_references, headers, metadata, sent_date, created_at)
            VALUES (:id, :organization, :conversation, :endpoint, :direction, :from, :fromName,
              :to, :cc, :replyTo, :subject, :text, :html, :messageId, :inReplyTo,
              :references, :headers::jsonb, :metadata::jsonb, :sentDate, :createdAt)
            """)
        .params(rows.parameters(message))
        .update();
    jdbc.sql(
            "UPDATE conversation SET last_message_at = greatest(last_message_at, :at) WHERE id = :id")
        .param("id", message.conversation())
        .param("at", java.sql.Timestamp.from(message.createdAt()))
        .update();
  }

  /** The message of that id (ours, not its Message-ID). */
  public Optional<Message> find(UUID id) {
    return jdbc.sql("SELECT * FROM message WHERE id = :id").param("id", id).query(rows).optional();
  }

  /** The messages of those ids, in no order. */
  public List<Message> find(List<UUID> ids) {
    return ids.isEmpty()
        ? List.of()
        : jdbc.sql("SELECT * FROM message WHERE id IN (:ids)").param("ids", ids).query(rows).list();
  }

  /** The messages of a conversation, oldest first. */
  public List<Message> ofConversation(UUID conversation, int limit) {
    return jdbc.sql("SELECT * FROM message WHERE conversation_id = :id ORDER BY id LIMIT :limit")
        .param("id", conversation)
        .param("limit", limit)
        .query(rows)
        .list();
  }
}
