package org.byoemail.inbound.ingest;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.EventData.MailHeldDigest;
import org.byoemail.platform.event.EventData.MailHeldDigest.AgentShare;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Publishes once a day and organization how much mail is held for review, as long as any is: held
 * mail does not expire, so it is recalled until a person decides. Days are in UTC. Called by a
 * route; safe for use by many nodes.
 */
@Component("heldDigest")
public class HeldDigest {
  private static final int MAX_ORGANIZATIONS = 100;
  private static final int MAX_AGENTS = 50;

  private static final String HELD = "held_at IS NOT NULL AND status = 'quarantined'";

  private final JdbcClient jdbc;
  private final Events events;

  HeldDigest(JdbcClient jdbc, Events events) {
    this.jdbc = jdbc;
    this.events = events;
  }

  /** Publishes what is due, of some organizations at a time. */
  @Transactional
  public void publish() {
    events.recordFirst(
        claim().stream().flatMap(organization -> digest(organization).stream()).toList());
  }

  /**
   * Each organization is claimed by one transaction a day: others wait for its row, then skip it.
   */
  private List<OrganizationId> claim() {
    return jdbc.sql(
            """
            INSERT INTO held_digest AS d (organization, day)
            SELECT organization, today.day FROM (SELECT (statement_timestamp() AT TIME ZONE 'UTC')::date AS day) today,
               (SELECT DISTINCT organization FROM inbound_mail WHERE %s) held
            WHERE NOT EXISTS (SELECT 1 FROM held_digest t WHERE t.organization = held.organization AND t.day >= today.day)
            ORDER BY organization LIMIT :limit
            ON CONFLICT (organization) DO UPDATE SET day = excluded.day WHERE d.day < excluded.day
            RETURNING organization
            """
                .formatted(HELD))
        .param("limit", MAX_ORGANIZATIONS)
        .query((row, number) -> new OrganizationId(row.getString("organization")))
        .list();
  }

  private Optional<NewEvent> digest(OrganizationId organization) {
    List<AgentShare> agents =
        jdbc.sql(
                """
                SELECT held_agent, count(*) AS held, min(held_at) AS oldest FROM inbound_mail
                WHERE %s AND organization = :organization AND held_agent IS NOT NULL
                GROUP BY held_agent ORDER BY count(*) DESC, held_agent LIMIT :limit
                """
                    .formatted(HELD))
            .param("organization", organization.value())
            .param("limit", MAX_AGENTS)
            .query(
                (row, number) ->
                    new AgentShare(
                        row.getObject("held_agent", UUID.class),
                        row.getLong("held"),
                        row.getTimestamp("oldest").toInstant()))
            .list();
    return jdbc.sql(
            """
            SELECT count(*) AS held, count(*) FILTER (WHERE verdict = 'forged') AS forged,
              count(*) FILTER (WHERE verdict = 'undecided') AS undecided,
              count(*) FILTER (WHERE verdict = 'unproven') AS unproven, min(held_at) AS oldest,
              extract(epoch FROM statement_timestamp() - min(held_at))::bigint AS age
            FROM inbound_mail WHERE %s AND organization = :organization HAVING count(*) > 0
            """
                .formatted(HELD))
        .param("organization", organization.value())
        .query((row, number) -> event(organization, row, agents))
        .optional();
  }

  private static NewEvent event(OrganizationId organization, ResultSet row, List<AgentShare> agents)
      throws SQLException {
    return new NewEvent(
        organization,
        null,
        null,
        new MailHeldDigest(
            row.getLong("held"),
            row.getLong("unproven"),
            row.getLong("forged"),
            row.getLong("undecided"),
            row.getTimestamp("oldest").toInstant(),
            row.getLong("age"),
            agents));
  }
}
