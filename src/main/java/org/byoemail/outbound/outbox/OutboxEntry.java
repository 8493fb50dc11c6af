package org.byoemail.outbound.outbox;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.MessageStatus;
import org.jspecify.annotations.Nullable;

/**
 * One line of the outbox.
 *
 * @param account the present account of the sender's address; null if it has none
 * @param dueAt when it is tried next; null if there is nothing left to do
 * @param heldReason why it waits for a person; null if it does not
 * @param error the error of the last failed attempt
 */
public record OutboxEntry(
    StoredMessageId messageId,
    String submissionId,
    OrganizationId organization,
    @Nullable UUID account,
    ConversationId conversation,
    String from,
    List<String> to,
    String subject,
    MessageStatus status,
    Instant acceptedAt,
    @Nullable Instant dueAt,
    @Nullable String heldReason,
    @Nullable String error) {}
