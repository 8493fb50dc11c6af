package org.byoemail.outbound.bounce;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;

/**
 * What a mail, or a provider, said of one recipient of a mail that was sent: a delivery report, a
 * complaint or a receipt.
 *
 * @param account the one that it arrived in; null if a provider reported it
 * @param inboundMail the mail that said it; null if a provider reported it
 * @param message the message it is about; null if it is about none of this account
 * @param submission the producer's id of that message; null if it is about none
 * @param kind failed, delayed, success, arf or mdn
 * @param recipient as it is named there
 * @param address which recipient of the message is meant; null if it is none of them
 * @param status the enhanced status
 * @param reason why, such as {@code no-such-user}; null for what did not fail
 * @param permanent whether the same mail would fail again
 * @param strength structured, or free-text: read from text for people
 * @param rule the name of the rule that recognised it
 * @param complaint the type of a complaint, such as {@code abuse}
 * @param matchedBy envelope-id, attempt-header, message-id, recipient or provider; null if nothing
 *     matched
 * @param recipientMatch original, final or inferred; null if it is no recipient of the message
 * @param changed whether it changed the state of the recipient
 * @param delays whether it says that the recipient's server is trying, and it may still be
 */
public record Bounce(
    UUID id,
    @Nullable AccountId account,
    @Nullable UUID inboundMail,
    @Nullable StoredMessageId message,
    @Nullable String submission,
    @Nullable UUID attempt,
    String kind,
    @Nullable String recipient,
    @Nullable String address,
    @Nullable String action,
    @Nullable String status,
    @Nullable String reason,
    boolean permanent,
    @Nullable String smtpReply,
    @Nullable String diagnostic,
    @Nullable String reportingMta,
    @Nullable String strength,
    @Nullable String rule,
    @Nullable String complaint,
    @Nullable String matchedBy,
    @Nullable String recipientMatch,
    boolean changed,
    boolean delays,
    Instant createdAt) {}
