package org.byoemail.outbound.suppression;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * An address to which no mail of an organisation, or of one of its agents, is sent.
 *
 * @param agent the only one that sends nothing to it; null: none does
 * @param expiresAt when it ends automatically; null: until an operator lifts it
 */
public record Suppression(
    UUID id,
    OrganizationId organization,
    EmailAddress address,
    @Nullable AgentId agent,
    SuppressionReason reason,
    SuppressionEvidence evidence,
    Instant createdAt,
    @Nullable Instant expiresAt) {

  /** The diagnostic of a recipient that was left out. */
  public String refusal() {
    String words = evidence.words();
    return "not sent: the address is suppressed since "
        + createdAt.toString().substring(0, 10)
        + ", "
        + reason.sentence()
        + (words == null ? "" : " (" + words + ")");
  }
}
