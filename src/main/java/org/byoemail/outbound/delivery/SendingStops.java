package org.byoemail.outbound.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.event.EventData;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The stops of agents and organizations. From the commit of a stop on, no node begins an attempt of
 * theirs; what had begun is finished. Their mail is still accepted and waits, and a stop survives
 * restarts. Safe for use by many threads and nodes.
 */
@Repository
public class SendingStops {
  private static final Logger log = LoggerFactory.getLogger(SendingStops.class);
  private static final int MAX_REASON = 500;
  private static final int MAX_NAME = 200;

  /** For how long this node believes that there is no stop; beginning checks it again. */
  private static final Duration KNOWN_FOR = Duration.ofMillis(500);

  /**
   * The SQL condition that a stop holds for the mail of an agent.
   *
   * @param organization an SQL expression: the agent's organization
   * @param agent an SQL expression: the agent's id
   */
  static String stops(String organization, String agent) {
    return "EXISTS (SELECT 1 FROM sending_stop stop WHERE stop.organization = %s AND (stop.agent_id IS NULL OR stop.agent_id = %s))"
        .formatted(organization, agent);
  }

  private final JdbcClient jdbc;
  private final AuditLog audit;
  private final Events events;
  private volatile long noneUntil = System.nanoTime();

  SendingStops(JdbcClient jdbc, AuditLog audit, Events events) {
    this.jdbc = jdbc;
    this.audit = audit;
    this.events = events;
  }

  /**
   * A stop.
   *
   * @param agent null: all agents of the organization
   * @param agentName null for all agents
   */
  public record Stop(
      OrganizationId organization,
      @Nullable AgentId agent,
      @Nullable String agentName,
      String stoppedBy,
      @Nullable String reason,
      Instant stoppedAt) {}

  /**
   * Stops the mail of an agent, or of all agents of an organization; stopping again changes
   * nothing.
   *
   * @param agent of the organization; null: all
   * @param by the name of the user or key
   * @throws IllegalArgumentException if the reason is too long
   */
  @Transactional
  public void stop(
      OrganizationId organization, @Nullable AgentId agent, String by, @Nullable String reason) {
    String words = reason == null || reason.isBlank() ? null : reason.strip();
    if (words != null && words.length() > MAX_REASON) {
      throw new IllegalArgumentException("must have at most " + MAX_REASON + " characters");
    }
    int stopped =
        jdbc.sql(
                """
                INSERT INTO sending_stop (organization, agent_id, stopped_by, reason, stopped_at)
                VALUES (:organization, :agent, left(:by, :name), :reason, statement_timestamp())
                ON CONFLICT DO NOTHING
                """)
            .param("organization", organization.value())
            .param("agent", agent == null ? null : agent.value())
            .param("by", by)
            .param("name", MAX_NAME)
            .param("reason", words)
            .update();
    if (stopped > 0) {
      record("sending.stopped", organization, agent, words);
      log.warn("sending of {} is stopped by {}", subject(organization, agent), by);
    }
  }

  /** Ends a stop; false if exactly this agent, or the organization, has none. */
  @Transactional
  public boolean start(OrganizationId organization, @Nullable AgentId agent) {
    int ended =
        jdbc.sql(
                """
                DELETE FROM sending_stop
                WHERE organization = :organization AND agent_id IS NOT DISTINCT FROM :agent::uuid
                """)
            .param("organization", organization.value())
            .param("agent", agent == null ? null : agent.value())
            .update();
    if (ended > 0) {
      record("sending.started", organization, agent, null);
      log.info("sending of {} is started again", subject(organization, agent));
    }
    return ended > 0;
  }

  /**
   * The stops, the newest first.
   *
   * @param organization null: of all organizations
   */
  public List<Stop> list(@Nullable OrganizationId organization, int limit) {
    return jdbc.sql(
            """
            SELECT stop.*, g.name FROM sending_stop stop LEFT JOIN agent g ON g.id = stop.agent_id
            WHERE (:organization::text IS NULL OR stop.organization = :organization)
            ORDER BY stop.stopped_at DESC, stop.agent_id LIMIT :limit
            """)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("limit", limit)
        .query(SendingStops::read)
        .list();
  }

  /** The claimed messages that a stop holds back now. Rarely queries if there are no stops. */
  Set<StoredMessageId> among(Collection<Claim> claims) {
    if (claims.isEmpty() || System.nanoTime() - noneUntil < 0) {
      return Set.of();
    }
    if (!jdbc.sql("SELECT EXISTS (SELECT 1 FROM sending_stop)").query(Boolean.class).single()) {
      noneUntil = System.nanoTime() + KNOWN_FOR.toNanos();
      return Set.of();
    }
    return amongNow(claims);
  }

  /** As {@link #among}, whatever this node believes. */
  Set<StoredMessageId> amongNow(Collection<Claim> claims) {
    Set<StoredMessageId> stopped = new HashSet<>();
    jdbc.sql(
            """
            SELECT m.id FROM message m JOIN endpoint e ON e.id = m.endpoint_id
            WHERE m.id = ANY (:messages) AND %s
            """
                .formatted(stops("m.organization", "e.owner_agent_id")))
        .param(
            "messages", claims.stream().map(claim -> claim.message().value()).toArray(UUID[]::new))
        .query(
            row -> {
              stopped.add(new StoredMessageId(row.getObject("id", UUID.class)));
            });
    return stopped;
  }

  private void record(
      String action, OrganizationId organization, @Nullable AgentId agent, @Nullable String words) {
    UUID id = agent == null ? null : agent.value();
    Map<String, Object> details = new HashMap<>();
    if (words != null) {
      details.put("reason", words);
    }
    audit.record(action, id, organization, details);
    events.record(
        new NewEvent(
            organization,
            null,
            null,
            action.equals("sending.stopped")
                ? new EventData.SendingStopped(id, words)
                : new EventData.SendingStarted(id)));
  }

  private static String subject(OrganizationId organization, @Nullable AgentId agent) {
    return agent == null ? "organization " + organization : "agent " + agent;
  }

  private static Stop read(ResultSet row, int number) throws SQLException {
    UUID agent = row.getObject("agent_id", UUID.class);
    return new Stop(
        new OrganizationId(row.getString("organization")),
        agent == null ? null : new AgentId(agent),
        row.getString("name"),
        row.getString("stopped_by"),
        row.getString("reason"),
        row.getTimestamp("stopped_at").toInstant());
  }
}
