package org.byoemail.outbound.bounce;

import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.format.report.BounceReason;
import org.jspecify.annotations.Nullable;

/**
 * Which bounces are asked for; null asks for all.
 *
 * @param scope of its accounts, or about messages of its agents
 * @param account the one that they arrived in
 * @param message the message that they are about
 * @param kind failed, delayed, success, arf or mdn
 */
public record BounceFilter(
    @Nullable OrganizationId organization,
    @Nullable Scope scope,
    @Nullable AccountId account,
    @Nullable StoredMessageId message,
    @Nullable String kind,
    @Nullable BounceReason reason) {
  /** All of them. */
  public static final BounceFilter ALL = new BounceFilter(null, null, null, null, null, null);
}
