package org.byoemail.platform.conversation;

import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.StoredMessageId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The Message-IDs that servers gave to sent messages in place of the original one: replies and
 * reports refer to those. Safe for use by many threads and nodes.
 */
@Repository
public class MessageIds {
  private final JdbcClient jdbc;

  MessageIds(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Stores a Message-ID. Idempotent. */
  public void learn(StoredMessageId message, MessageId id) {
    jdbc.sql(
            """
            INSERT INTO message_rfc_id (message_id, rfc_message_id, learnt_at)
            VALUES (:message, :id, statement_timestamp()) ON CONFLICT DO NOTHING
            """)
        .param("message", message.value())
        .param("id", id.value())
        .update();
  }
}
