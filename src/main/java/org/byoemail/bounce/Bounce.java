package org.byoemail.bounce;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.mail.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * What a delivery report said of one recipient.
 *
 * @param kind failed, delayed or success
 * @param message the message it is about; null where it is about none of this account
 * @param recipient as the report names it
 * @param status the enhanced status
 * @param matchedBy envelope-id, attempt-header or message-id; null where nothing matched
 * @param recipientMatch original, final or inferred; null where it is no recipient of the message
 */
public record Bounce(
    UUID id,
    AccountId account,
    UUID inboundMail,
    @Nullable UUID message,
    @Nullable UUID attempt,
    String kind,
    @Nullable String recipient,
    @Nullable String action,
    @Nullable String status,
    @Nullable String smtpReply,
    @Nullable String diagnostic,
    @Nullable String reportingMta,
    @Nullable String matchedBy,
    @Nullable String recipientMatch,
    Instant createdAt) {}
