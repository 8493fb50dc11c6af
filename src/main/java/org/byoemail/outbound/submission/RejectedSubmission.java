package org.byoemail.outbound.submission;

import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * A submission from the queue that could not be accepted.
 *
 * @param brokerId what the broker calls it, the same when it is delivered again
 * @param organization the broker user's; null: the user may send for all of them, or none
 * @param brokerUser as the broker validated it; null if it did not
 * @param submissionId the producer's; null if it has none that can be read
 * @param reason what is wrong with it, naming the fields
 * @param body as it was handed in; null if it is too large to be kept, or its user may send for
 *     nobody
 */
public record RejectedSubmission(
    String brokerId,
    @Nullable OrganizationId organization,
    @Nullable String brokerUser,
    @Nullable String submissionId,
    String reason,
    byte @Nullable [] body) {}
