package org.byoemail.outbound.delivery;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The submission ids of outbound messages. Safe for use by many threads. */
@Repository
public class SubmissionIds {
  private final JdbcClient jdbc;

  SubmissionIds(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The submission ids of the outbound messages among the given ones, including ids that may be
   * reused by now.
   */
  public Map<StoredMessageId, String> of(Collection<StoredMessageId> messages) {
    Map<StoredMessageId, String> ids = new HashMap<>();
    if (messages.isEmpty()) {
      return ids;
    }
    jdbc.sql(
            """
            SELECT message_id, coalesce(forgotten_id, submission_id) AS id FROM outbound_submission
            WHERE message_id = ANY (:messages)
            """)
        .param("messages", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .query(
            row -> {
              ids.put(
                  new StoredMessageId(row.getObject("message_id", UUID.class)),
                  row.getString("id"));
            });
    return ids;
  }

  /** The submission id of an outbound message. */
  String of(StoredMessageId message) {
    return Objects.requireNonNull(of(List.of(message)).get(message));
  }

  /** The messages that currently have the id, of any organization; 20 at most. */
  public List<StoredMessageId> messages(String id) {
    // The primary key begins with the organization: the statement jumps from one to the next.
    return jdbc.sql(
            """
            WITH RECURSIVE organization AS (
              (SELECT o.organization FROM outbound_submission o ORDER BY o.organization LIMIT 1)
              UNION ALL
              SELECT (SELECT o.organization FROM outbound_submission o
                WHERE o.organization > organization.organization ORDER BY o.organization LIMIT 1)
              FROM organization WHERE organization.organization IS NOT NULL)
            SELECT s.message_id FROM organization
              JOIN outbound_submission s ON s.organization = organization.organization AND s.submission_id = :id
            LIMIT 20
            """)
        .param("id", id)
        .query((row, number) -> new StoredMessageId(row.getObject("message_id", UUID.class)))
        .list();
  }

  /** The message that currently has the id; empty if absent. */
  public Optional<StoredMessageId> message(OrganizationId organization, String id) {
    return jdbc.sql(
            """
            SELECT message_id FROM outbound_submission
            WHERE organization = :organization AND submission_id = :id
            """)
        .param("organization", organization.value())
        .param("id", id)
        .query(UUID.class)
        .optional()
        .map(StoredMessageId::new);
  }
}
