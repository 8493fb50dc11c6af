package org.byoemail.conversation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.mail.AgentId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.Ids;
import org.byoemail.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The conversations; {@link Threading} finds those of inbound mails. Safe for many threads. */
@Repository
public class Conversations {
  private final JdbcClient jdbc;
  private final Clock clock;

  Conversations(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** The conversation of an outbound message: that of the message it replies to, else a new one. */
  @Transactional(propagation = Propagation.MANDATORY)
  public UUID ofOutbound(AgentId agent, @Nullable Message inReplyTo, String subject) {
    if (inReplyTo != null) {
      Optional<UUID> joined = owned(agent, inReplyTo.conversation());
      if (joined.isPresent()) {
        return joined.get();
      }
    }
    return start(agent, subject);
  }

  /** The conversation of that id. */
  public Optional<Conversation> find(UUID id) {
    return jdbc.sql("SELECT * FROM conversation WHERE id = :id")
        .param("id", id)
        .query(Conversations::read)
        .optional();
  }

  /**
   * Conversations, those begun last first.
   *
   * @param organization null for all organisations
   * @param agent null for all agents
   * @param before the id to go on behind, null for the newest
   */
  public List<Conversation> list(
      @Nullable String organization, @Nullable UUID agent, @Nullable UUID before, int limit) {
    return jdbc.sql(
            """
            SELECT c.* FROM conversation c JOIN agent g ON g.id = c.agent_id
            WHERE (:organization::text IS NULL OR g.organization = :organization)
              AND (:agent::uuid IS NULL OR c.agent_id = :agent)
              AND (:before::uuid IS NULL OR c.id < :before)
            ORDER BY c.id DESC LIMIT :limit
            """)
        .param("organization", organization)
        .param("agent", agent)
        .param("before", before)
        .param("limit", limit)
        .query(Conversations::read)
        .list();
  }

  /** Those of the addresses that the agent has written to. */
  public Set<EmailAddress> writtenTo(AgentId agent, Collection<EmailAddress> addresses) {
    if (addresses.isEmpty()) {
      return Set.of();
    }
    return Set.copyOf(
        jdbc.sql(
                """
                SELECT a.address FROM unnest(:addresses::text[]) AS a (address)
                WHERE EXISTS (SELECT 1 FROM message_recipient r JOIN message m ON m.id = r.message_id
                  JOIN endpoint e ON e.id = m.endpoint_id
                  WHERE r.address = a.address AND e.owner_agent_id = :agent AND m.direction = 'outbound')
                """)
            .param("addresses", addresses.stream().map(EmailAddress::value).toArray(String[]::new))
            .param("agent", agent.value())
            .query((row, number) -> EmailAddress.parse(row.getString("address")))
            .list());
  }

  private Optional<UUID> owned(AgentId agent, UUID conversation) {
    return jdbc.sql("SELECT id FROM conversation WHERE id = :id AND agent_id = :agent")
        .param("id", conversation)
        .param("agent", agent.value())
        .query(UUID.class)
        .optional();
  }

  private UUID start(AgentId agent, String subject) {
    UUID id = Ids.next();
    jdbc.sql(
            """
            INSERT INTO conversation (id, agent_id, subject, subject_base, created_at, last_message_at)
            VALUES (:id, :agent, :subject, :base, :now, :now)
            """)
        .param("id", id)
        .param("agent", agent.value())
        .param("subject", subject.replace("\0", ""))
        .param("base", SubjectLine.base(subject))
        .param("now", Times.parameter(clock.instant()))
        .update();
    return id;
  }

  private static Conversation read(ResultSet row, int number) throws SQLException {
    return new Conversation(
        row.getObject("id", UUID.class),
        new AgentId(row.getObject("agent_id", UUID.class)),
        row.getString("subject"),
        row.getObject("related_to", UUID.class),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("last_message_at").toInstant());
  }
}
