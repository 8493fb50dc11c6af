package org.byoemail.outbound.outbox;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.Label;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.outbound.delivery.MessageStatus;
import org.jspecify.annotations.Nullable;

/**
 * Which outbound messages to list; null means any.
 *
 * @param submissionId the producer's id; only with an organisation
 * @param scope of which agents or accounts
 * @param since accepted then or later
 * @param before the id of a message: only older ones
 * @param limit how many at most
 */
public record OutboxFilter(
    @Nullable OrganizationId organization,
    @Nullable Scope scope,
    @Nullable AccountId account,
    @Nullable MessageStatus status,
    @Nullable String submissionId,
    @Nullable Label label,
    @Nullable Instant since,
    @Nullable UUID before,
    int limit) {

  /** A filter without a scope, submission id and label. */
  public OutboxFilter(
      @Nullable OrganizationId organization,
      @Nullable AccountId account,
      @Nullable MessageStatus status,
      @Nullable Instant since,
      @Nullable UUID before,
      int limit) {
    this(organization, null, account, status, null, null, since, before, limit);
  }

  /** The newest ones of every organisation. */
  public static OutboxFilter newest(int limit) {
    return new OutboxFilter(null, null, null, null, null, limit);
  }
}
