package org.byoemail.outbound.submission;

import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Who hands a submission in.
 *
 * @param organization the one it may send for; null for every organisation
 * @param scope the agents and accounts that it may send for; null for all of the organisation
 * @param by who it is, for the dossier; null if that is not known
 */
public record SubmissionSource(
    @Nullable OrganizationId organization, @Nullable Scope scope, @Nullable SubmittedBy by) {

  /** A source that is not known by name. */
  public SubmissionSource(@Nullable OrganizationId organization, @Nullable Scope scope) {
    this(organization, scope, null);
  }

  /** A producer that may send for all agents of an organisation. */
  public SubmissionSource(@Nullable OrganizationId organization) {
    this(organization, null);
  }

  /** A producer that may send for every organisation. */
  public static SubmissionSource everyOrganization() {
    return new SubmissionSource(null);
  }

  /** The same one, known by name. */
  public SubmissionSource as(SubmittedBy who) {
    return new SubmissionSource(organization, scope, who);
  }

  boolean maySendFor(Sender sender) {
    return (organization == null || organization.equals(sender.organization()))
        && (scope == null
            || scope.agents().contains(sender.agent().value())
            || sender.account() != null && scope.accounts().contains(sender.account().value()));
  }
}
