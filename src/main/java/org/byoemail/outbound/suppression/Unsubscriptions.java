package org.byoemail.outbound.suppression;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Optional;
import org.byoemail.account.registry.UnsubscribeMails;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.event.EventData;
import org.byoemail.platform.event.Events;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The recipients who unsubscribed from an agent. Each has a row in {@code suppression} too, which
 * only nodes of the release before read. Safe for use by many threads and nodes.
 */
@Repository
public class Unsubscriptions implements UnsubscribeMails {
  private final JdbcClient jdbc;
  private final Events events;
  private final AuditLog audit;
  private final MeterRegistry meters;
  private final UnsubscribeLinks links;

  Unsubscriptions(
      JdbcClient jdbc,
      Events events,
      AuditLog audit,
      MeterRegistry meters,
      UnsubscribeLinks links) {
    this.links = links;
    this.jdbc = jdbc;
    this.events = events;
    this.audit = audit;
    this.meters = meters;
  }

  /** Unsubscribes an address from an agent. The first time counts; an unknown agent is ignored. */
  @Transactional
  public void unsubscribe(UnsubscribeLinks.Subject subject) {
    Optional<OrganizationId> organization =
        jdbc.sql(
                """
                INSERT INTO unsubscription (id, organization, agent_id, address, message_id, created_at)
                SELECT :id, g.organization, g.id, :address, :message, statement_timestamp()
                FROM agent g WHERE g.id = :agent
                ON CONFLICT (organization, address, agent_id) DO NOTHING
                RETURNING organization
                """)
            .param("id", Ids.next())
            .param("address", subject.address().value())
            .param("message", subject.message().value())
            .param("agent", subject.agent().value())
            .query((row, number) -> new OrganizationId(row.getString("organization")))
            .optional();
    organization.ifPresent(owner -> follow(owner, subject));
  }

  @Override
  @Transactional
  public boolean unsubscribe(OrganizationId organization, String subject) {
    Optional<UnsubscribeLinks.Subject> meant =
        links.ofSubject(subject).filter(one -> isOf(organization, one.agent()));
    meant.ifPresent(this::unsubscribe);
    return meant.isPresent();
  }

  /** Only a mail whose token was sealed here comes as far as this. */
  private boolean isOf(OrganizationId organization, AgentId agent) {
    return jdbc.sql(
            "SELECT EXISTS (SELECT 1 FROM agent WHERE id = :agent AND organization = :organization)")
        .param("agent", agent.value())
        .param("organization", organization.value())
        .query(Boolean.class)
        .single();
  }

  private void follow(OrganizationId organization, UnsubscribeLinks.Subject subject) {
    tellOlderNodes(organization, subject.address());
    events.record(
        new Events.NewEvent(
            organization,
            subject.message().value(),
            null,
            new EventData.RecipientUnsubscribed(
                subject.agent().value(), subject.address().value())));
    meters
        .counter(
            "byo.suppressions",
            "reason",
            SuppressionReason.UNSUBSCRIBED.word(),
            "source",
            SuppressionSource.UNSUBSCRIBE.word())
        .increment();
  }

  /** Gives an address that unsubscribed from an agent its row for the release before. */
  void tellOlderNodes(OrganizationId organization, EmailAddress address) {
    jdbc.sql(
            """
            INSERT INTO suppression (id, organization, address, reason, source, words, created_at, agent_only)
            SELECT :id, :organization, :address, 'manual', 'manual', 'unsubscribed from an agent',
              statement_timestamp(), true
            WHERE EXISTS (SELECT 1 FROM unsubscription u
              WHERE u.organization = :organization AND u.address = :address)
            ON CONFLICT (organization, address) DO NOTHING
            """)
        .param("id", Ids.next())
        .param("organization", organization.value())
        .param("address", address.value())
        .update();
  }

  /**
   * Lets an agent send to an address again, from the next mail on.
   *
   * @return false if the address had not unsubscribed from it
   */
  @Transactional
  public boolean lift(OrganizationId organization, AgentId agent, EmailAddress address) {
    boolean lifted =
        jdbc.sql(
                    """
                    DELETE FROM unsubscription
                    WHERE organization = :organization AND agent_id = :agent AND address = :address
                    """)
                .param("organization", organization.value())
                .param("agent", agent.value())
                .param("address", address.value())
                .update()
            == 1;
    if (lifted) {
      jdbc.sql(
              """
              DELETE FROM suppression s WHERE s.organization = :organization AND s.address = :address
                AND s.agent_only AND NOT EXISTS (SELECT 1 FROM unsubscription u
                  WHERE u.organization = s.organization AND u.address = s.address)
              """)
          .param("organization", organization.value())
          .param("address", address.value())
          .update();
      audit.record(
          "suppression.lifted",
          null,
          organization,
          Map.of("address", address.value(), "agent", agent.value().toString()));
    }
    return lifted;
  }
}
