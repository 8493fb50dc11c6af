package org.byoemail.operations.setup;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.operations.setup.ContactRequest.Status;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.event.EventData.ContactRequestDecided;
import org.byoemail.platform.event.EventData.ContactRequested;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * What agents ask for and people decide: addresses that become contacts. Safe for use by many
 * threads and nodes.
 */
@Repository
public class ContactRequests {
  /** So many requests of an agent may wait for a decision. */
  public static final int MAX_OPEN = 100;

  private static final int MAX_REASON = 1000;
  private static final int MAX_NAME = 200;

  /** A rejection answers the same request for so long. */
  private static final Duration REJECTED_FOR = Duration.ofDays(7);

  /** Decided requests are kept for so long, and deleted when the agent asks next. */
  private static final Duration KEPT = Duration.ofDays(365);

  private static final String SELECT =
      "SELECT r.*, g.name FROM contact_request r JOIN agent g ON g.id = r.agent_id AND g.deleted_at IS NULL ";

  private final JdbcClient jdbc;
  private final Agents agents;
  private final AuditLog audit;
  private final Events events;

  ContactRequests(JdbcClient jdbc, Agents agents, AuditLog audit, Events events) {
    this.jdbc = jdbc;
    this.agents = agents;
    this.audit = audit;
    this.events = events;
  }

  /** A request, and whether this call has made it. */
  public record Submitted(ContactRequest request, boolean created) {}

  /**
   * Asks for an address. A request that is open, or was rejected within the last seven days, is the
   * answer to the same request.
   *
   * @param by the name of the key or user
   * @throws FieldsRefused naming what is wrong
   * @throws SetupConflict if too many of the agent's requests are open
   */
  @Transactional
  public Submitted ask(Agent agent, @Nullable String address, @Nullable String reason, String by) {
    FieldChecks checks = new FieldChecks();
    EmailAddress wanted =
        address == null ? null : checks.read("address", () -> EmailAddress.parse(address));
    if (address == null) {
      checks.refuse("address", "is required: the address to be allowed");
    }
    String words = checks.line("reason", reason, MAX_REASON);
    if (wanted != null && agent.contactPolicy().lists(wanted)) {
      checks.refuse("address", "is a contact of the agent already");
    }
    checks.done();
    // One request of an agent after the other, so that neither duplicates nor the bound slip
    // through.
    jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('contact-request ' || :agent, 0))")
        .param("agent", agent.id().toString())
        .query(row -> {});
    Optional<ContactRequest> earlier = earlier(agent.id(), Objects.requireNonNull(wanted));
    if (earlier.isPresent()) {
      return new Submitted(earlier.get(), false);
    }
    jdbc.sql(
            "DELETE FROM contact_request WHERE agent_id = :agent AND decided_at < statement_timestamp() - :kept * interval '1 second'")
        .param("agent", agent.id().value())
        .param("kept", KEPT.toSeconds())
        .update();
    int open =
        jdbc.sql("SELECT count(*) FROM contact_request WHERE agent_id = :agent AND status = 'open'")
            .param("agent", agent.id().value())
            .query(Integer.class)
            .single();
    if (open >= MAX_OPEN) {
      throw new SetupConflict(
          MAX_OPEN + " requests of the agent wait for a decision: have some of them decided first");
    }
    UUID id = Ids.next();
    jdbc.sql(
            """
            INSERT INTO contact_request (id, organization, agent_id, address, reason, requested_by, requested_at, status)
            VALUES (:id, :organization, :agent, :address, :reason, left(:by, :name), statement_timestamp(), 'open')
            """)
        .param("id", id)
        .param("organization", agent.organization().value())
        .param("agent", agent.id().value())
        .param("address", wanted.value())
        .param("reason", words)
        .param("by", by)
        .param("name", MAX_NAME)
        .update();
    audit.record(
        "contact.requested",
        agent.id().value(),
        agent.organization(),
        Map.of("request", id.toString()));
    events.record(
        new NewEvent(
            agent.organization(),
            null,
            null,
            new ContactRequested(id, agent.id().value(), wanted.value(), words)));
    return new Submitted(find(id).orElseThrow(), true);
  }

  /** The request of that id. */
  public Optional<ContactRequest> find(UUID id) {
    return jdbc.sql(SELECT + "WHERE r.id = :id")
        .param("id", id)
        .query(ContactRequests::read)
        .optional();
  }

  /**
   * Requests in the order in which they were made.
   *
   * @param organization null: of all
   * @param scope the agents whose requests are listed; null: all
   * @param status null: any
   * @param after the id to start after; null: the start
   */
  public List<ContactRequest> list(
      @Nullable OrganizationId organization,
      @Nullable Scope scope,
      @Nullable Status status,
      @Nullable UUID after,
      int limit) {
    return jdbc.sql(
            SELECT
                + """
                WHERE (:organization::text IS NULL OR r.organization = :organization)
                  AND (:scope::uuid[] IS NULL OR r.agent_id = ANY (:scope))
                  AND (:status::text IS NULL OR r.status = :status)
                  AND (:after::uuid IS NULL OR r.id > :after) ORDER BY r.id LIMIT :limit
                """)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("scope", Scope.agents(scope))
        .param("status", status == null ? null : status.word())
        .param("after", after)
        .param("limit", limit)
        .query(ContactRequests::read)
        .list();
  }

  /**
   * Makes the address a contact.
   *
   * @throws SetupConflict if it was decided otherwise, or the agent has too many contacts
   */
  @Transactional
  public ContactRequest approve(ContactRequest request, String by, @Nullable String reason) {
    if (decide(request, Status.APPROVED, by, reason)
        && !agents.addContact(request.agent(), request.address(), AgentSetup.MAX_CONTACTS)) {
      throw new SetupConflict(
          "the agent has " + AgentSetup.MAX_CONTACTS + " contacts: remove some of them first");
    }
    return find(request.id()).orElse(request);
  }

  /**
   * Leaves the address out.
   *
   * @throws SetupConflict if it was decided otherwise
   */
  @Transactional
  public ContactRequest reject(ContactRequest request, String by, @Nullable String reason) {
    decide(request, Status.REJECTED, by, reason);
    return find(request.id()).orElse(request);
  }

  /** False if the same was decided before. */
  private boolean decide(
      ContactRequest request, Status decision, String by, @Nullable String reason) {
    String words = reason == null || reason.isBlank() ? null : reason.strip();
    if (words != null && words.length() > MAX_REASON) {
      throw new FieldsRefused("reason", "must have at most " + MAX_REASON + " characters");
    }
    int decided =
        jdbc.sql(
                """
                UPDATE contact_request SET status = :status, decided_by = left(:by, :name),
                  decided_at = statement_timestamp(), decision_reason = :reason
                WHERE id = :id AND status = 'open'
                """)
            .param("id", request.id())
            .param("status", decision.word())
            .param("by", by)
            .param("name", MAX_NAME)
            .param("reason", words)
            .update();
    if (decided == 0) {
      boolean same = find(request.id()).filter(now -> now.status() == decision).isPresent();
      if (!same) {
        throw new SetupConflict("the request was decided otherwise: change the agent's contacts");
      }
      return false;
    }
    audit.record(
        decision == Status.APPROVED ? "contact.approved" : "contact.rejected",
        request.agent().value(),
        request.organization(),
        Map.of("request", request.id().toString()));
    events.record(
        new NewEvent(
            request.organization(),
            null,
            null,
            new ContactRequestDecided(
                request.id(),
                request.agent().value(),
                request.address().value(),
                decision.word(),
                words)));
    return true;
  }

  private Optional<ContactRequest> earlier(AgentId agent, EmailAddress address) {
    return jdbc.sql(
            SELECT
                + """
                WHERE r.agent_id = :agent AND r.address = :address AND (r.status = 'open'
                  OR r.status = 'rejected' AND r.decided_at > statement_timestamp() - :rejected * interval '1 second')
                ORDER BY r.id DESC LIMIT 1
                """)
        .param("agent", agent.value())
        .param("address", address.value())
        .param("rejected", REJECTED_FOR.toSeconds())
        .query(ContactRequests::read)
        .optional();
  }

  private static ContactRequest read(ResultSet row, int number) throws SQLException {
    return new ContactRequest(
        row.getObject("id", UUID.class),
        new OrganizationId(row.getString("organization")),
        new AgentId(row.getObject("agent_id", UUID.class)),
        row.getString("name"),
        new EmailAddress(row.getString("address")),
        row.getString("reason"),
        row.getString("requested_by"),
        row.getTimestamp("requested_at").toInstant(),
        Status.of(row.getString("status")),
        row.getString("decided_by"),
        SqlTimestamps.read(row, "decided_at"),
        row.getString("decision_reason"));
  }
}
