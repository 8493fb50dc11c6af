package org.byoemail.platform.event;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.AddressPattern;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.cluster.GatewayNodes;
import org.byoemail.platform.conversation.Organizations;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Deletes published events after their retention period, oldest first. It records the last deleted
 * position, so that a reader that is behind is informed, and the last sequence number of each
 * message, so that none is reused. Thread-safe.
 */
@Repository
public class EventCleanup {
  private final JdbcClient jdbc;
  private final GatewayNodes nodes;

  EventCleanup(JdbcClient jdbc, GatewayNodes nodes) {
    this.jdbc = jdbc;
    this.nodes = nodes;
  }

  /** Forgets the sequence numbers of deleted messages, about which no more events are recorded. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void forget(Collection<UUID> messages) {
    jdbc.sql("DELETE FROM event_sequence WHERE message_id = ANY (:ids)")
        .param("ids", messages.toArray(UUID[]::new))
        .update();
  }

  /**
   * The result of a step.
   *
   * @param next where to continue; null at the end
   */
  public record Erased(int events, @Nullable Long next) {}

  /**
   * Searches the next events of an organisation and deletes those whose data contains an address.
   * Stops at an unpublished event.
   *
   * @param address in lower case
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Erased erase(OrganizationId organization, String address, long after, int most) {
    return jdbc.sql(
            """
            WITH looked AS (
              SELECT id, position, strpos(lower(body::text), :address) > 0 AND lower(body::text) ~ :whole AS names FROM event
              WHERE organization = :organization AND position > :after
                AND position <= (SELECT value FROM event_position WHERE name = 'published')
              ORDER BY position LIMIT :most),
            gone AS (
              DELETE FROM event e USING looked l WHERE e.id = l.id AND l.names RETURNING e.message_id, e.sequence),
            remembered AS (
              INSERT INTO event_sequence (message_id, last)
              SELECT g.message_id, max(g.sequence) FROM gone g WHERE g.message_id IS NOT NULL
                AND EXISTS (SELECT 1 FROM message m WHERE m.id = g.message_id) GROUP BY g.message_id
              ON CONFLICT (message_id) DO UPDATE SET last = greatest(event_sequence.last, excluded.last))
            SELECT (SELECT count(*) FROM gone) AS erased, (SELECT count(*) FROM looked) AS looked,
              (SELECT max(position) FROM looked) AS last
            """)
        .param("address", address)
        .param("whole", AddressPattern.of(address))
        .param("organization", organization.value())
        .param("after", after)
        .param("most", most)
        .query(
            (row, number) ->
                new Erased(
                    row.getInt("erased"), row.getInt("looked") < most ? null : row.getLong("last")))
        .single();
  }

  /**
   * Whether events of an organisation that name an address are not published yet.
   *
   * @param address in lower case
   */
  public boolean areUnpublished(OrganizationId organization, String address) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM event WHERE organization = :organization AND published_at IS NULL
              AND (position IS NULL OR position > (SELECT value FROM event_position WHERE name = 'published'))
              AND strpos(lower(body::text), :address) > 0 AND lower(body::text) ~ :whole)
            """)
        .param("organization", organization.value())
        .param("address", address)
        .param("whole", AddressPattern.of(address))
        .query(Boolean.class)
        .single();
  }

  /** The organisations that have events. */
  public List<OrganizationId> organizations() {
    return Organizations.of(jdbc, "event");
  }

  /**
   * Deletes some events of an organisation that were recorded before a time. Deletes none while a
   * node of an older release runs, which would reuse positions and sequence numbers.
   *
   * @return how many
   */
  @Transactional
  public int deleteBefore(OrganizationId organization, Instant before, int limit) {
    if (!nodes.allKnow(EventNumbering.MIGRATION)) {
      return 0;
    }
    return jdbc.sql(
            """
            WITH oldest AS (
              SELECT id, position FROM event WHERE organization = :organization AND position IS NOT NULL
              ORDER BY position LIMIT :limit),
            gone AS (
              DELETE FROM event e USING oldest o WHERE e.id = o.id AND e.created_at < :before::timestamptz
                AND e.position <= (SELECT value FROM event_position WHERE name = 'published')
              RETURNING e.position, e.message_id, e.sequence),
            marked AS (
              INSERT INTO event_deleted (organization, up_to)
              SELECT :organization, max(position) FROM gone HAVING count(*) > 0
              ON CONFLICT (organization) DO UPDATE SET up_to = greatest(event_deleted.up_to, excluded.up_to)),
            remembered AS (
              INSERT INTO event_sequence (message_id, last)
              SELECT message_id, max(sequence) FROM gone WHERE message_id IS NOT NULL GROUP BY message_id
              ON CONFLICT (message_id) DO UPDATE SET last = greatest(event_sequence.last, excluded.last))
            SELECT count(*) FROM gone
            """)
        .param("organization", organization.value())
        .param("before", before.toString())
        .param("limit", limit)
        .query(Integer.class)
        .single();
  }
}
