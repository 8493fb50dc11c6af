package org.byoemail.outbound.draft;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;

/**
 * A draft.
 *
 * @param account the sender's when the draft was last changed; null if it had none
 * @param version counts the changes, from 1
 * @param recipients the first ones of to, cc and bcc; none once it was sent
 * @param content the submission as JSON; null once it was sent, and in lists
 * @param sentAs the message that it became; null: it was not sent yet
 */
public record Draft(
    UUID id,
    OrganizationId organization,
    AgentId agent,
    @Nullable AccountId account,
    int version,
    String from,
    String subject,
    List<String> recipients,
    @Nullable String content,
    Instant createdAt,
    Instant changedAt,
    @Nullable StoredMessageId sentAs) {}
