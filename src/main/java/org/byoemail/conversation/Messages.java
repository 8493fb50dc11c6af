package org.byoemail.conversation;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The stored messages. Safe for use by many threads. */
@Repository
public class Messages {
  private final JdbcClient jdbc;
  private final JdbcTemplate batches;
  private final MessageRows rows;

  Messages(JdbcClient jdbc, JdbcTemplate batches, ObjectMapper json) {
    this.jdbc = jdbc;
    this.batches = batches;
    this.rows = new MessageRows(json);
  }

  /** Stores messages in the transaction of the caller; their conversations know of them already. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void storeAll(List<Message> messages) {
    if (!messages.isEmpty()) {
      batches.batchUpdate(MessageRows.INSERT, messages, messages.size(), rows::bind);
    }
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
