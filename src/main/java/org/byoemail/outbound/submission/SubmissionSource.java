package org.byoemail.outbound.submission;

import org.jspecify.annotations.Nullable;

/**
 * Who hands a submission in.
 *
 * @param organization the one it may send for; null for every organisation
 */
public record SubmissionSource(@Nullable String organization) {

  /** A producer that may send for every organisation. */
  public static SubmissionSource everyOrganization() {
    return new SubmissionSource(null);
  }

  boolean maySendFor(String other) {
    return organization == null || organization.equals(other);
  }
}
