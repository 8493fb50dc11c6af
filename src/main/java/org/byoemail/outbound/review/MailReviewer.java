package org.byoemail.outbound.review;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * A person who is asked by mail to decide on reviews. Holds no secret.
 *
 * @param agents whose mail the person is asked about; empty: all agents of the organization
 * @param byCode whether the person decides with a personal code, on the page of the link; otherwise
 *     a login to the console is needed
 * @param namedBy who named the person, such as {@code key:<id>}
 * @param confirmedAt when the person confirmed the address; null: not yet, so no reviews are mailed
 */
public record MailReviewer(
    UUID id,
    OrganizationId organization,
    List<UUID> agents,
    EmailAddress address,
    boolean byCode,
    String namedBy,
    Instant createdAt,
    @Nullable Instant confirmedAt) {

  /** The name of the reviewer in decisions. */
  public String word() {
    return "reviewer:" + id;
  }
}
