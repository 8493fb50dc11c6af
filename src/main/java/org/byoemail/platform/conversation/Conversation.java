package org.byoemail.platform.conversation;

import java.time.Instant;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.ConversationId;
import org.jspecify.annotations.Nullable;

/**
 * The messages that an agent exchanges with the same people about one subject.
 *
 * @param relatedTo the conversation that the mail refers to, if its sender takes no part in it
 */
public record Conversation(
    ConversationId id,
    AgentId agent,
    String subject,
    @Nullable ConversationId relatedTo,
    Instant createdAt,
    Instant lastMessageAt,
    Annotations annotations) {}
