package org.byoemail.outbound.submission;

import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Who hands a submission in.
 *
 * @param organization the one it may send for; null for every organisation
 * @param scope the agents and accounts that it may send for; null for all of the organisation
 */
public record SubmissionSource(@Nullable OrganizationId organization, @Nullable Scope scope) {

  /** A producer that may send for all agents of an organisation. */
  public SubmissionSource(@Nullable OrganizationId organization) {
    this(organization, null);
  }

  /** A producer that may send for every organisation. */
  public static SubmissionSource everyOrganization() {
    return new SubmissionSource(null);
  }

  boolean maySendFor(Sender sender) {
    return (organization == null || organization.equals(sender.organization()))
        && (scope == null
            || scope.agents().contains(sender.agent().value())
            || sender.account() != null && scope.accounts().contains(sender.account().value()));
  }
}
