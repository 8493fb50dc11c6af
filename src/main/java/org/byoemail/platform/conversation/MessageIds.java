package org.byoemail.platform.conversation;

import java.util.UUID;
import org.byoemail.format.mail.MessageId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The Message-IDs that servers gave our messages in the place of the one they were sent with: what
 * answers or reports them names those. Safe for use by many threads and nodes.
 */
@Repository
public class MessageIds {
  private final JdbcClient jdbc;

  MessageIds(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Keeps one; again is as good as once. */
  public void learn(UUID message, MessageId id) {
    jdbc.sql(
            """
            INSERT INTO message_rfc_id (message_id, rfc_message_id, learnt_at)
            VALUES (:message, :id, statement_timestamp()) ON CONFLICT DO NOTHING
            """)
        .param("message", message)
        .param("id", id.value())
        .update();
  }
}
