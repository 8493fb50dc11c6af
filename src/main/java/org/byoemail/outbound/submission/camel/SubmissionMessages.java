package org.byoemail.outbound.submission.camel;

import org.apache.camel.Exchange;

/** Finds the submission in an exchange of the selected broker's consumer. Thread-safe. */
interface SubmissionMessages {
  OriginalSubmission of(Exchange exchange);
}
