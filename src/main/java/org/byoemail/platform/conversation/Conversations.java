package org.byoemail.platform.conversation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Label;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.SqlTimestamps;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The conversations; {@link ConversationThreading} finds the conversations of inbound mails.
 * Thread-safe.
 */
@Repository
public class Conversations {
  private final JdbcClient jdbc;
  private final JdbcTemplate batches;
  private final Labels labels;

  Conversations(JdbcClient jdbc, JdbcTemplate batches, Labels labels) {
    this.jdbc = jdbc;
    this.batches = batches;
    this.labels = labels;
  }

  /**
   * An outbound message that needs a conversation.
   *
   * @param inReplyTo the message that it replies to; null for none
   */
  public record Outbound(AgentId agent, @Nullable Message inReplyTo, String subject) {}

  /**
   * The conversation of each message: the one it replies in, else a new one. Conversations that are
   * joined get a new time of their last message.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<ConversationId> ofOutbound(List<Outbound> messages) {
    Map<ConversationId, AgentId> owners = owners(messages);
    Set<ConversationId> joined = new HashSet<>();
    List<Started> started = new ArrayList<>();
    List<ConversationId> places = new ArrayList<>();
    for (Outbound message : messages) {
      ConversationId present =
          message.inReplyTo() == null ? null : message.inReplyTo().conversation();
      if (present != null && message.agent().equals(owners.get(present))) {
        joined.add(present);
        places.add(present);
      } else {
        Started fresh =
            new Started(ConversationId.next(), message.agent(), message.subject(), null);
        started.add(fresh);
        places.add(fresh.id());
      }
    }
    start(started);
    touch(joined);
    return places;
  }

  /** A new conversation. */
  record Started(
      ConversationId id, AgentId agent, String subject, @Nullable ConversationId relatedTo) {
    Started {
      subject = subject.replace("\0", "");
    }
  }

  /**
   * The conversation of that id.
   *
   * @param organization null: any
   */
  public Optional<Conversation> find(
      @Nullable OrganizationId organization, @Nullable Scope scope, ConversationId id) {
    return jdbc.sql(
            """
            SELECT c.id, c.agent_id, left(c.subject, 1000) AS subject, c.related_to, c.created_at, c.last_message_at,
              c.metadata::text AS metadata, ARRAY(SELECT l.label FROM conversation_label l WHERE l.conversation_id = c.id ORDER BY 1) AS labels
            FROM conversation c JOIN agent g ON g.id = c.agent_id
            WHERE c.id = :id AND (:organization::text IS NULL OR g.organization = :organization)
            """
                + within(scope))
        .param("scopeAgents", Scope.agents(scope))
        .param("scopeAccounts", Scope.accounts(scope))
        .param("id", id.value())
        .param("organization", OrganizationId.valueOrNull(organization))
        .query(this::read)
        .optional();
  }

  /**
   * Conversations, those begun last first.
   *
   * @param organization null for all organisations
   * @param scope which ones; null for all
   * @param agent null for all agents
   * @param label null for those with any labels, or none
   * @param before the id after which the page starts; null for the newest
   */
  public List<Conversation> list(
      @Nullable OrganizationId organization,
      @Nullable Scope scope,
      @Nullable UUID agent,
      @Nullable Label label,
      @Nullable UUID before,
      int limit) {
    return jdbc.sql(
            """
            SELECT c.id, c.agent_id, left(c.subject, 1000) AS subject, c.related_to, c.created_at, c.last_message_at,
              c.metadata::text AS metadata, ARRAY(SELECT l.label FROM conversation_label l WHERE l.conversation_id = c.id ORDER BY 1) AS labels
            FROM conversation c JOIN agent g ON g.id = c.agent_id
            WHERE (:organization::text IS NULL OR g.organization = :organization)
              AND (:agent::uuid IS NULL OR c.agent_id = :agent)
              AND (:before::uuid IS NULL OR c.id < :before)
            """
                + (label == null
                    ? ""
                    : " AND c.id IN (SELECT conversation_id FROM conversation_label WHERE label = :label)")
                + within(scope)
                + " ORDER BY c.id DESC LIMIT :limit")
        .param("scopeAgents", Scope.agents(scope))
        .param("scopeAccounts", Scope.accounts(scope))
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("agent", agent)
        .param("label", label == null ? null : label.name())
        .param("before", before)
        .param("limit", limit)
        .query(this::read)
        .list();
  }

  private static String within(@Nullable Scope scope) {
    return scope == null ? "" : " AND " + MessageScope.CONVERSATION;
  }

  /** With which of the addresses the agent has exchanged a message, in either direction. */
  public Set<EmailAddress> correspondents(AgentId agent, Collection<EmailAddress> addresses) {
    if (addresses.isEmpty()) {
      return Set.of();
    }
    return Set.copyOf(
        jdbc.sql(
                """
                SELECT a.address FROM unnest(:addresses::text[]) AS a (address)
                WHERE EXISTS (SELECT 1 FROM endpoint e JOIN message m ON m.endpoint_id = e.id
                  WHERE e.owner_agent_id = :agent AND m.direction = 'inbound'
                    AND lower(m.from_address) = a.address)
                OR EXISTS (SELECT 1 FROM message_recipient r JOIN message m ON m.id = r.message_id
                  JOIN endpoint e ON e.id = m.endpoint_id
                  WHERE r.address = a.address AND e.owner_agent_id = :agent AND m.direction = 'outbound')
                """)
            .param("addresses", addresses.stream().map(EmailAddress::value).toArray(String[]::new))
            .param("agent", agent.value())
            .query((row, number) -> new EmailAddress(row.getString("address")))
            .list());
  }

  /**
   * Names under which those addresses have written to the agent, of the three latest authentic
   * mails each: a forger of an address must not choose its names.
   */
  public List<NamedAddress> namesOf(AgentId agent, Collection<EmailAddress> addresses) {
    if (addresses.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            """
            SELECT DISTINCT a.address, n.from_name FROM unnest(:addresses::text[]) AS a (address)
            CROSS JOIN endpoint e
            CROSS JOIN LATERAL (SELECT left(m.from_name, 200) AS from_name FROM message m
              JOIN inbound_mail i ON i.message_id = m.id AND i.verdict = 'authentic'
              WHERE m.endpoint_id = e.id AND m.direction = 'inbound' AND lower(m.from_address) = a.address
                AND m.from_name <> ''
              ORDER BY m.created_at DESC LIMIT 3) n
            WHERE e.owner_agent_id = :agent
            """)
        .param("addresses", addresses.stream().map(EmailAddress::value).toArray(String[]::new))
        .param("agent", agent.value())
        .query(
            (row, number) ->
                new NamedAddress(
                    row.getString("from_name"), new EmailAddress(row.getString("address"))))
        .list();
  }

  /** Which of the addresses the agent has written to. */
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
            .query((row, number) -> new EmailAddress(row.getString("address")))
            .list());
  }

  /** Whether a message of the conversation was sent to that address. */
  public boolean hasBeenWrittenTo(ConversationId conversation, EmailAddress address) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM message m JOIN message_recipient r ON r.message_id = m.id
              WHERE m.conversation_id = :conversation AND m.direction = 'outbound' AND r.address = :address)
            """)
        .param("conversation", conversation.value())
        .param("address", address.value())
        .query(Boolean.class)
        .single();
  }

  /**
   * Whether one of these Message-IDs was sent by the agent since then, to that address and nobody
   * else.
   */
  public boolean isAnsweredBy(
      AgentId agent, Collection<String> messageIds, EmailAddress address, Instant since) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM message m JOIN endpoint e ON e.id = m.endpoint_id
              WHERE (m.rfc_message_id = ANY(:ids)
                  OR m.id IN (SELECT l.message_id FROM message_rfc_id l WHERE l.rfc_message_id = ANY(:ids)))
                AND m.direction = 'outbound' AND e.owner_agent_id = :agent AND m.created_at >= :since
                AND EXISTS (SELECT 1 FROM message_recipient r WHERE r.message_id = m.id AND r.address = :address)
                AND NOT EXISTS (SELECT 1 FROM message_recipient r WHERE r.message_id = m.id AND r.address <> :address))
            """)
        .param("ids", messageIds.toArray(String[]::new))
        .param("agent", agent.value())
        .param("since", SqlTimestamps.parameter(since))
        .param("address", address.value())
        .query(Boolean.class)
        .single();
  }

  private Map<ConversationId, AgentId> owners(List<Outbound> messages) {
    UUID[] answered =
        messages.stream()
            .flatMap(message -> Stream.ofNullable(message.inReplyTo()))
            .map(message -> message.conversation().value())
            .toArray(UUID[]::new);
    Map<ConversationId, AgentId> owners = new HashMap<>();
    if (answered.length > 0) {
      jdbc.sql("SELECT id, agent_id FROM conversation WHERE id = ANY (:ids)")
          .param("ids", answered)
          .query(
              row -> {
                owners.put(
                    new ConversationId(row.getObject("id", UUID.class)),
                    new AgentId(row.getObject("agent_id", UUID.class)));
              });
    }
    return owners;
  }

  void start(List<Started> started) {
    if (started.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            INSERT INTO conversation (id, agent_id, subject, subject_base, related_to, created_at, last_message_at)
            SELECT id, agent_id, subject, base, related_to, statement_timestamp(), statement_timestamp()
            FROM unnest(:ids::uuid[], :agents::uuid[], :subjects::text[], :bases::text[], :related::uuid[])
              AS started (id, agent_id, subject, base, related_to)
            """)
        .param("ids", started.stream().map(one -> one.id().value()).toArray(UUID[]::new))
        .param("agents", started.stream().map(one -> one.agent().value()).toArray(UUID[]::new))
        .param("subjects", started.stream().map(Started::subject).toArray(String[]::new))
        .param(
            "bases",
            started.stream().map(one -> SubjectLine.base(one.subject())).toArray(String[]::new))
        .param(
            "related",
            started.stream()
                .map(one -> one.relatedTo() == null ? null : one.relatedTo().value())
                .toArray(UUID[]::new))
        .update();
  }

  /** Always in the order of ids, so that transactions do not deadlock. */
  void touch(Collection<ConversationId> joined) {
    if (joined.isEmpty()) {
      return;
    }
    batches.batchUpdate(
        "UPDATE conversation SET last_message_at = greatest(last_message_at, statement_timestamp())"
            + " WHERE id = ?",
        joined.stream().map(ConversationId::value).collect(Collectors.toCollection(TreeSet::new)),
        joined.size(),
        (row, id) -> row.setObject(1, id));
  }

  private Conversation read(ResultSet row, int number) throws SQLException {
    return new Conversation(
        new ConversationId(row.getObject("id", UUID.class)),
        new AgentId(row.getObject("agent_id", UUID.class)),
        row.getString("subject"),
        ConversationId.ofNullable(row.getObject("related_to", UUID.class)),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("last_message_at").toInstant(),
        new Annotations(
            List.of((String[]) row.getArray("labels").getArray()),
            labels.read(row.getString("metadata"))));
  }
}
