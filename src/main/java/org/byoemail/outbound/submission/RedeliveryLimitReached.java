package org.byoemail.outbound.submission;

import java.util.List;

/** A submission that failed repeatedly while others were accepted; it becomes a dead letter. */
public final class RedeliveryLimitReached extends SubmissionRejected {

  RedeliveryLimitReached() {
    super(
        null,
        List.of(
            new InvalidField(
                "",
                "could not be taken in: it failed more than "
                    + FailingSubmissions.MAX_FAILURES
                    + " times while others were accepted; it is kept among the dead letters")));
  }
}
