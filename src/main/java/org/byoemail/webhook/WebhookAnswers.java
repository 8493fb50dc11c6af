package org.byoemail.webhook;

import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Erases what receivers have answered about a person. Thread-safe. */
@Repository
public class WebhookAnswers {
  private static final int MAX_DELIVERIES = 1_000;

  private final JdbcClient jdbc;

  WebhookAnswers(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Looks at the next deliveries of an organisation, in the order of their ids, and erases the
   * stored answers that contain an address, or whose event was deleted.
   *
   * @param address in lower case
   * @param after the id after which to start
   * @return where to continue; null at the end
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public @Nullable UUID erase(OrganizationId organization, String address, UUID after) {
    return jdbc.sql(
            """
            WITH looked AS (
              SELECT d.id, d.event_id FROM webhook w CROSS JOIN LATERAL (
                SELECT id, event_id FROM webhook_delivery WHERE webhook_id = w.id AND id > :after ORDER BY id LIMIT :most) d
              WHERE w.organization = :organization ORDER BY d.id LIMIT :most),
            erased AS (
              UPDATE webhook_attempt a SET answer = NULL FROM looked l
              WHERE a.delivery_id = l.id AND a.answer IS NOT NULL AND (strpos(lower(a.answer), :address) > 0
                OR NOT EXISTS (SELECT 1 FROM event e WHERE e.id = l.event_id)))
            SELECT id FROM looked WHERE (SELECT count(*) FROM looked) = :most ORDER BY id DESC LIMIT 1
            """)
        .param("after", after)
        .param("most", MAX_DELIVERIES)
        .param("organization", organization.value())
        .param("address", address)
        .query(UUID.class)
        .optional()
        .orElse(null);
  }
}
