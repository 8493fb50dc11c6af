package org.byoemail.outbound.submission.camel;

import java.io.UncheckedIOException;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.byoemail.outbound.submission.FailingSubmissions;
import org.byoemail.outbound.submission.ReadingBudget;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.outbound.submission.SubmittedBy;
import org.byoemail.platform.hook.HookFailed;
import org.byoemail.platform.trace.TracePropagation;
import org.springframework.stereotype.Component;

/** Reads the submission in a message of the broker and has it accepted. */
@Component("acceptSubmission")
class AcceptSubmission implements Processor {
  /** The exchange property with the {@link OriginalSubmission}. */
  static final String ORIGINAL = "originalSubmission";

  // After it the broker delivers it again.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final SubmissionReader reader;
  private final Submissions submissions;
  private final ProducerSettings producers;
  private final ReadingBudget budget;
  private final FailingSubmissions failing;
  private final TracePropagation traces;
  private final SubmissionMessages messages;

  AcceptSubmission(
      SubmissionReader reader,
      Submissions submissions,
      ProducerSettings producers,
      ReadingBudget budget,
      FailingSubmissions failing,
      TracePropagation traces,
      SubmissionMessages messages) {
    this.traces = traces;
    this.failing = failing;
    this.messages = messages;
    this.budget = budget;
    this.reader = reader;
    this.submissions = submissions;
    this.producers = producers;
  }

  @Override
  public void process(Exchange exchange) throws Exception {
    OriginalSubmission original = messages.of(exchange);
    exchange.setProperty(ORIGINAL, original);
    traces.receive("email.outbound.accept", original.trace(), () -> process(original));
  }

  private void process(OriginalSubmission original) throws Exception {
    try (ReadingBudget.Room room = budget.take(original.size(reader), PATIENCE)) {
      // Only with room: to wait for that is no failure of the submission.
      if (original.deliveredBefore()) {
        failing.deliveredAgain(original.brokersId(), original.holdsUpOthers());
      }
      Submission submission = original.read(reader);
      original.discard();
      accept(original, submission);
      if (original.deliveredBefore()) {
        failing.settled(original.brokersId());
      }
    }
  }

  private void accept(OriginalSubmission original, Submission submission) throws Exception {
    try {
      submissions.accept(
          producers
              .source(original.user(), submission.id())
              .as(new SubmittedBy("queue", null, original.user())),
          submission);
    } catch (UncheckedIOException | HookFailed away) { // The store (only files need it) or a hook.
      if (original.deliveredBefore()) {
        failing.needsWhatIsAway(original.brokersId());
      }
      throw away;
    }
  }
}
