package org.byoemail.platform.audit;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * Which entries are listed; null: all.
 *
 * @param viewer the only organisation that the viewer sees: other organisations' entries are left
 *     out, and names of the operator's people and keys are hidden
 * @param organization whose things were changed
 * @param since the earliest
 * @param actor name, id or kind of the actor
 * @param action such as {@code account.changed}; {@code account.*} for all that begin so
 * @param subject id of what was changed
 */
public record AuditFilter(
    @Nullable OrganizationId viewer,
    @Nullable OrganizationId organization,
    @Nullable Instant since,
    @Nullable String actor,
    @Nullable String action,
    @Nullable UUID subject) {}
