package org.byoemail.outbound.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.review.ReviewRequest;
import org.byoemail.platform.dossier.DossierEntry;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * An accepted submission, to be delivered.
 *
 * @param attempt the id of its first attempt
 * @param account null if the sender has none
 * @param agent the sender
 * @param submissionId unique within the organisation: the idempotency key
 * @param digest SHA-256 of the submission, in hexadecimal
 * @param recipients each with its kind: {@code to}, {@code cc} or {@code bcc}
 * @param submitter the key that handed it in; null: none
 * @param review that it waits for; null: it needs none
 * @param gateBasis the basis on which the gates let it pass; null: they are asked before its
 *     attempt
 * @param trace the span that accepted it; null if absent
 * @param entries the first ones of its dossier
 */
public record NewDelivery(
    StoredMessageId message,
    AttemptId attempt,
    @Nullable AccountId account,
    OrganizationId organization,
    AgentId agent,
    String submissionId,
    String digest,
    int priority,
    @Nullable Instant sendAt,
    Instant dueAt,
    Instant expiresAt,
    boolean autoSubmitted,
    boolean requestDeliveryReport,
    Instant acceptedAt,
    Map<EmailAddress, String> recipients,
    @Nullable UUID submitter,
    @Nullable ReviewRequest review,
    @Nullable String gateBasis,
    @Nullable TraceParent trace,
    List<DossierEntry> entries) {}
