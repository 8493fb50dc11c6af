package org.byoemail.inbound.ingest;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.Label;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Which mails are listed; null means all.
 *
 * @param scope mail of its accounts or agents
 * @param since taken in at that time or later
 * @param before the id after which the page starts, towards older mail
 */
public record InboxFilter(
    @Nullable OrganizationId organization,
    @Nullable Scope scope,
    @Nullable AccountId account,
    @Nullable InboundStatus status,
    @Nullable Label label,
    @Nullable Instant since,
    @Nullable UUID before) {

  /** A filter without a label. */
  public InboxFilter(
      @Nullable OrganizationId organization,
      @Nullable Scope scope,
      @Nullable AccountId account,
      @Nullable InboundStatus status,
      @Nullable Instant since,
      @Nullable UUID before) {
    this(organization, scope, account, status, null, since, before);
  }

  /** A filter without a scope and a label. */
  public InboxFilter(
      @Nullable OrganizationId organization,
      @Nullable AccountId account,
      @Nullable InboundStatus status,
      @Nullable Instant since,
      @Nullable UUID before) {
    this(organization, null, account, status, null, since, before);
  }
}
