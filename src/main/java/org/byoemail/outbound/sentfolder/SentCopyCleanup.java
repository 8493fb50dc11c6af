package org.byoemail.outbound.sentfolder;

import java.util.Collection;
import java.util.UUID;
import org.byoemail.format.mail.StoredMessageId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Deletes the records of copies of messages that are deleted; the copies themselves stay. */
@Repository
public class SentCopyCleanup {
  private final JdbcClient jdbc;

  SentCopyCleanup(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Deletes the records of messages, in the caller's transaction. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void delete(Collection<StoredMessageId> messages) {
    jdbc.sql("DELETE FROM sent_copy WHERE message_id = ANY (:ids)")
        .param("ids", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .update();
  }
}
