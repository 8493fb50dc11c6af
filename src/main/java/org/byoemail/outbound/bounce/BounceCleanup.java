package org.byoemail.outbound.bounce;

import java.util.Collection;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Deletes the bounces of messages that are deleted. */
@Repository
public class BounceCleanup {
  private final JdbcClient jdbc;

  BounceCleanup(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Deletes those of these messages, in the transaction of the caller. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void delete(Collection<UUID> messages) {
    jdbc.sql("DELETE FROM bounce WHERE message_id = ANY (:ids)")
        .param("ids", messages.toArray(UUID[]::new))
        .update();
  }
}
