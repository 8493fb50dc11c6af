package org.byoemail.outbound.outbox;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * What failed for good: a message, or a submission that became none.
 *
 * @param id of the message, or of the rejected submission
 * @param isMessage whether it became a message
 * @param organization null: any that its producer may send for
 * @param submissionId the producer's
 * @param status of the message; {@code rejected} for a submission
 * @param explanation why it failed, in a sentence
 * @param canBeResent whether {@link DeadLetters#resend} is of use
 */
public record DeadLetter(
    UUID id,
    boolean isMessage,
    @Nullable OrganizationId organization,
    @Nullable String submissionId,
    @Nullable String from,
    @Nullable String subject,
    String status,
    String explanation,
    boolean canBeResent,
    Instant at) {}
