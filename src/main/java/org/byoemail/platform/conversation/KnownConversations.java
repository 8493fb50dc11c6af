package org.byoemail.platform.conversation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.platform.conversation.Conversations.Started;
import org.jspecify.annotations.Nullable;

/**
 * An agent's conversations as far as they matter to the mails of a batch, including those that the
 * batch itself starts. Used by one thread.
 */
final class KnownConversations {
  private final AgentId agent;
  private final Map<MessageId, Set<ConversationId>> byMessageId = new HashMap<>();
  private final Set<Participant> participants = new HashSet<>();
  private final List<Started> started = new ArrayList<>();
  private final Set<ConversationId> joined = new HashSet<>();

  /** A participant of a conversation, by address. */
  record Participant(ConversationId conversation, String address) {}

  KnownConversations(AgentId agent) {
    this.agent = agent;
  }

  void addMessage(ConversationId conversation, MessageId messageId) {
    byMessageId.computeIfAbsent(messageId, any -> new LinkedHashSet<>()).add(conversation);
  }

  void addParticipants(Collection<Participant> known) {
    participants.addAll(known);
  }

  Set<ConversationId> conversations() {
    Set<ConversationId> all = new HashSet<>();
    byMessageId.values().forEach(all::addAll);
    return all;
  }

  /** The conversations to be created, in order. */
  List<Started> started() {
    return started;
  }

  /** The existing conversations that got a message. */
  Set<ConversationId> joined() {
    return joined;
  }

  /**
   * @param bySubject finds a stored conversation of the mail's sender with that base subject
   */
  ConversationId place(
      ThreadingCandidate mail, Function<String, Optional<ConversationId>> bySubject) {
    ConversationId related = null;
    for (var id : mail.referred()) {
      for (ConversationId conversation : byMessageId.getOrDefault(id, Set.of())) {
        if (isParticipant(conversation, mail.sender())) {
          return join(mail, conversation);
        }
        related = related == null ? conversation : related;
      }
    }
    String base = SubjectLine.isReply(mail.subject()) ? SubjectLine.base(mail.subject()) : "";
    if (related == null && mail.sender() != null && !base.isEmpty()) {
      Optional<ConversationId> found =
          startedWith(base, mail.sender()).or(() -> bySubject.apply(base));
      if (found.isPresent()) {
        return join(mail, found.get());
      }
    }
    ConversationId fresh = ConversationId.next();
    started.add(new Started(fresh, agent, mail.subject(), related));
    remember(mail, fresh);
    return fresh;
  }

  private ConversationId join(ThreadingCandidate mail, ConversationId conversation) {
    if (started.stream().noneMatch(one -> one.id().equals(conversation))) {
      joined.add(conversation);
    }
    remember(mail, conversation);
    return conversation;
  }

  private void remember(ThreadingCandidate mail, ConversationId conversation) {
    if (mail.messageId() != null) {
      addMessage(conversation, mail.messageId());
    }
    if (mail.sender() != null) {
      participants.add(new Participant(conversation, mail.sender().value()));
    }
  }

  private boolean isParticipant(ConversationId conversation, @Nullable EmailAddress sender) {
    return sender != null && participants.contains(new Participant(conversation, sender.value()));
  }

  private Optional<ConversationId> startedWith(String base, EmailAddress sender) {
    return started.stream()
        .filter(one -> SubjectLine.base(one.subject()).equals(base))
        .map(Started::id)
        .filter(conversation -> isParticipant(conversation, sender))
        .findFirst();
  }
}
