package org.byoemail.outbound.submission;

import java.util.List;

/**
 * A submission that failed again and again while others were accepted: it is given up, and kept.
 */
public final class RedeliveryLimitReached extends SubmissionRejected {

  RedeliveryLimitReached() {
    super(
        null,
        List.of(
            new InvalidField(
                "",
                "could not be taken in: it failed more than "
                    + FailingSubmissions.MOST
                    + " times while others were accepted; it is kept among the dead letters")));
  }
}
