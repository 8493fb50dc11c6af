package org.byoemail.outbound.submission;

import org.byoemail.format.mail.StateConflict;

/** The id of a submission was used before, with another body. */
public class SubmissionConflict extends StateConflict {

  private final String submissionId;

  SubmissionConflict(String submissionId) {
    super("the id " + submissionId + " was used before for a submission with another body");
    this.submissionId = submissionId;
  }

  /** The id. */
  public String submissionId() {
    return submissionId;
  }
}
