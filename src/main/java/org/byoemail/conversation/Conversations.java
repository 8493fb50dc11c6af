package org.byoemail.conversation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.mail.AgentId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.Ids;
import org.byoemail.mail.MessageId;
import org.byoemail.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Finds the conversation that a message belongs to. An inbound mail joins one only within its agent
 * and only where its sender takes part in it; what merely refers to one starts a new one that is
 * related to it, so that strangers cannot write themselves into a conversation.
 */
@Repository
public class Conversations {
  private static final Duration BY_SUBJECT = Duration.ofDays(30);
  private static final int NEWEST_REFERENCES = 20;

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
    return start(agent, subject, null);
  }

  /**
   * The conversation of an inbound mail.
   *
   * @param referred In-Reply-To and References, the nearest first
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public UUID ofInbound(
      AgentId agent, @Nullable EmailAddress sender, List<MessageId> referred, String subject) {
    UUID related = null;
    for (MessageId id : referred.subList(0, Math.min(NEWEST_REFERENCES, referred.size()))) {
      for (UUID conversation : holding(agent, id)) {
        if (sender != null && takesPart(conversation, sender)) {
          return conversation;
        }
        related = related == null ? conversation : related;
      }
    }
    if (related == null && sender != null && SubjectLine.isReply(subject)) {
      Optional<UUID> bySubject = bySubject(agent, sender, SubjectLine.base(subject));
      if (bySubject.isPresent()) {
        return bySubject.get();
      }
    }
    return start(agent, subject, related);
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

  /** Whether the agent has written to that address. */
  public boolean hasWrittenTo(AgentId agent, EmailAddress address) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM message_recipient r JOIN message m ON m.id = r.message_id
              JOIN endpoint e ON e.id = m.endpoint_id
              WHERE r.address = :address AND e.owner_agent_id = :agent AND m.direction = 'outbound')
            """)
        .param("address", address.value())
        .param("agent", agent.value())
        .query(Boolean.class)
        .single();
  }

  private Optional<UUID> owned(AgentId agent, UUID conversation) {
    return jdbc.sql("SELECT id FROM conversation WHERE id = :id AND agent_id = :agent")
        .param("id", conversation)
        .param("agent", agent.value())
        .query(UUID.class)
        .optional();
  }

  private List<UUID> holding(AgentId agent, MessageId id) {
    return jdbc.sql(
            """
            SELECT DISTINCT m.conversation_id FROM message m JOIN conversation c ON c.id = m.conversation_id
            WHERE c.agent_id = :agent AND m.id IN (
              SELECT id FROM message WHERE rfc_message_id = :id
              UNION ALL SELECT message_id FROM message_rfc_id WHERE rfc_message_id = :id)
            """)
        .param("id", id.value())
        .param("agent", agent.value())
        .query(UUID.class)
        .list();
  }

  private boolean takesPart(UUID conversation, EmailAddress sender) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = :conversation
                AND m.direction = 'inbound' AND m.from_address = :sender)
              OR EXISTS (SELECT 1 FROM message m JOIN message_recipient r ON r.message_id = m.id
                WHERE m.conversation_id = :conversation AND r.address = :sender)
            """)
        .param("conversation", conversation)
        .param("sender", sender.value())
        .query(Boolean.class)
        .single();
  }

  private Optional<UUID> bySubject(AgentId agent, EmailAddress sender, String base) {
    List<Conversation> recent =
        jdbc.sql(
                """
                SELECT * FROM conversation WHERE agent_id = :agent AND last_message_at > :since
                ORDER BY last_message_at DESC LIMIT 200
                """)
            .param("agent", agent.value())
            .param("since", Times.parameter(clock.instant().minus(BY_SUBJECT)))
            .query(Conversations::read)
            .list();
    return recent.stream()
        .filter(c -> SubjectLine.base(c.subject()).equals(base))
        .map(Conversation::id)
        .filter(id -> takesPart(id, sender))
        .findFirst();
  }

  private UUID start(AgentId agent, String subject, @Nullable UUID relatedTo) {
    UUID id = Ids.next();
    jdbc.sql(
            """
            INSERT INTO conversation (id, agent_id, subject, related_to, created_at, last_message_at)
            VALUES (:id, :agent, :subject, :relatedTo, :now, :now)
            """)
        .param("id", id)
        .param("agent", agent.value())
        .param("subject", subject.replace("\0", ""))
        .param("relatedTo", relatedTo)
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
