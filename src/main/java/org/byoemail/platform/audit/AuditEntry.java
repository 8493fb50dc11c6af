package org.byoemail.platform.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the audit log.
 *
 * @param at by the clock of the database
 * @param organization whose things were changed; null: the whole gateway
 * @param client address of the client, an IPv6 address by its /64; null: no request
 * @param action such as {@code account.changed}
 * @param subject id of what was changed; null: it has none
 * @param details an object, without secrets
 */
public record AuditEntry(
    UUID id,
    Instant at,
    @Nullable OrganizationId organization,
    AuditActor actor,
    @Nullable String client,
    String action,
    @Nullable UUID subject,
    JsonNode details) {

  AuditEntry seenBy(@Nullable OrganizationId viewer) {
    return actor.isShownTo(viewer)
        ? this
        : new AuditEntry(id, at, organization, actor.withoutName(), null, action, subject, details);
  }
}
