package org.byoemail.platform.conversation;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.platform.conversation.KnownConversations.Participant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Finds the conversations of inbound mails. A mail joins a conversation of its agent only if its
 * sender takes part in it; a mail that merely refers to one starts a new, related conversation, so
 * that strangers cannot write themselves into it.
 */
@Repository
public class ConversationThreading {
  private static final Duration BY_SUBJECT = Duration.ofDays(30);

  private final JdbcClient jdbc;
  private final Conversations conversations;

  ConversationThreading(JdbcClient jdbc, Conversations conversations) {
    this.jdbc = jdbc;
    this.conversations = conversations;
  }

  /**
   * The conversation of each mail, in the order of the mails; a later one may join the conversation
   * of an earlier one. Missing ones are created.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<ConversationId> place(AgentId agent, List<ThreadingCandidate> mails) {
    KnownConversations known = new KnownConversations(agent);
    load(agent, mails, known);
    List<ConversationId> placed =
        mails.stream()
            .map(mail -> known.place(mail, base -> bySubject(agent, mail, base)))
            .toList();
    conversations.start(known.started());
    conversations.touch(known.joined());
    return placed;
  }

  private void load(AgentId agent, List<ThreadingCandidate> mails, KnownConversations known) {
    String[] ids =
        mails.stream()
            .flatMap(mail -> mail.referred().stream())
            .map(MessageId::value)
            .distinct()
            .toArray(String[]::new);
    if (ids.length == 0) {
      return;
    }
    jdbc.sql(
            """
            SELECT m.rfc_message_id, m.conversation_id FROM message m
            JOIN conversation c ON c.id = m.conversation_id
            WHERE m.rfc_message_id = ANY(:ids) AND c.agent_id = :agent
            UNION
            SELECT l.rfc_message_id, m.conversation_id FROM message_rfc_id l
            JOIN message m ON m.id = l.message_id JOIN conversation c ON c.id = m.conversation_id
            WHERE l.rfc_message_id = ANY(:ids) AND c.agent_id = :agent
            """)
        .param("ids", ids)
        .param("agent", agent.value())
        .query(
            row -> {
              known.addMessage(
                  new ConversationId(row.getObject("conversation_id", UUID.class)),
                  new MessageId(row.getString("rfc_message_id")));
            });
    List<EmailAddress> senders =
        mails.stream().flatMap(mail -> Optional.ofNullable(mail.sender()).stream()).toList();
    known.addParticipants(participants(known.conversations(), senders));
  }

  /** Which of the senders take part in which of the conversations, as sender or recipient. */
  private List<Participant> participants(
      Collection<ConversationId> conversations, Collection<EmailAddress> senders) {
    if (conversations.isEmpty() || senders.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            """
            SELECT m.conversation_id, lower(m.from_address) AS address FROM message m
            WHERE m.conversation_id = ANY(:conversations) AND m.direction = 'inbound'
              AND lower(m.from_address) = ANY(:senders)
            UNION
            SELECT m.conversation_id, r.address FROM message m
            JOIN message_recipient r ON r.message_id = m.id
            WHERE m.conversation_id = ANY(:conversations) AND r.address = ANY(:senders)
            """)
        .param(
            "conversations", conversations.stream().map(ConversationId::value).toArray(UUID[]::new))
        .param(
            "senders", senders.stream().map(EmailAddress::value).distinct().toArray(String[]::new))
        .query(
            (row, number) ->
                new Participant(
                    new ConversationId(row.getObject("conversation_id", UUID.class)),
                    row.getString("address")))
        .list();
  }

  private Optional<ConversationId> bySubject(AgentId agent, ThreadingCandidate mail, String base) {
    EmailAddress sender = mail.sender();
    if (sender == null) {
      return Optional.empty();
    }
    List<ConversationId> recent =
        jdbc.sql(
                """
                SELECT id FROM (SELECT id, last_message_at FROM conversation
                  WHERE agent_id = :agent AND subject_base = :base ORDER BY id DESC LIMIT 200) newest
                WHERE last_message_at > statement_timestamp() - :window * interval '1 second' ORDER BY last_message_at DESC
                """)
            .param("agent", agent.value())
            .param("base", base)
            .param("window", BY_SUBJECT.toSeconds())
            .query((row, number) -> new ConversationId(row.getObject("id", UUID.class)))
            .list();
    List<ConversationId> joinable =
        participants(recent, List.of(sender)).stream().map(Participant::conversation).toList();
    return recent.stream().filter(joinable::contains).findFirst();
  }
}
