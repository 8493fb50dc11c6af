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
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.platform.conversation.ConversationThreading.Candidate;
import org.byoemail.platform.conversation.Conversations.Started;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an agent's conversations while the mails of a batch are placed in them. Used by
 * one thread.
 */
final class KnownConversations {
  private final AgentId agent;
  private final Map<String, Set<UUID>> holding = new HashMap<>();
  private final Set<Participant> participants = new HashSet<>();
  private final List<Started> started = new ArrayList<>();
  private final Set<UUID> joined = new HashSet<>();

  /** Somebody takes part in a conversation. */
  record Participant(UUID conversation, String address) {}

  KnownConversations(AgentId agent) {
    this.agent = agent;
  }

  void holds(UUID conversation, String messageId) {
    holding.computeIfAbsent(messageId, any -> new LinkedHashSet<>()).add(conversation);
  }

  void takePart(Collection<Participant> known) {
    participants.addAll(known);
  }

  Set<UUID> conversations() {
    Set<UUID> all = new HashSet<>();
    holding.values().forEach(all::addAll);
    return all;
  }

  /** Those to be made, in order. */
  List<Started> started() {
    return started;
  }

  /** Those that were there and go on. */
  Set<UUID> joined() {
    return joined;
  }

  /**
   * @param bySubject looks for a stored conversation of the mail's sender with that subject
   */
  UUID place(Candidate mail, Function<String, Optional<UUID>> bySubject) {
    UUID related = null;
    for (var id : mail.referred()) {
      for (UUID conversation : holding.getOrDefault(id.value(), Set.of())) {
        if (takesPart(conversation, mail.sender())) {
          return join(mail, conversation);
        }
        related = related == null ? conversation : related;
      }
    }
    String base = SubjectLine.isReply(mail.subject()) ? SubjectLine.base(mail.subject()) : "";
    if (related == null && mail.sender() != null && !base.isEmpty()) {
      Optional<UUID> found = startedWith(base, mail.sender()).or(() -> bySubject.apply(base));
      if (found.isPresent()) {
        return join(mail, found.get());
      }
    }
    UUID fresh = Ids.next();
    started.add(new Started(fresh, agent, mail.subject(), related));
    note(mail, fresh);
    return fresh;
  }

  private UUID join(Candidate mail, UUID conversation) {
    if (started.stream().noneMatch(one -> one.id().equals(conversation))) {
      joined.add(conversation);
    }
    note(mail, conversation);
    return conversation;
  }

  private void note(Candidate mail, UUID conversation) {
    if (mail.messageId() != null) {
      holds(conversation, mail.messageId().value());
    }
    if (mail.sender() != null) {
      participants.add(new Participant(conversation, mail.sender().value()));
    }
  }

  private boolean takesPart(UUID conversation, @Nullable EmailAddress sender) {
    return sender != null && participants.contains(new Participant(conversation, sender.value()));
  }

  private Optional<UUID> startedWith(String base, EmailAddress sender) {
    return started.stream()
        .filter(one -> SubjectLine.base(one.subject()).equals(base))
        .map(Started::id)
        .filter(conversation -> takesPart(conversation, sender))
        .findFirst();
  }
}
