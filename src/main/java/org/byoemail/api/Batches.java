package org.byoemail.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.byoemail.api.SubmittedBatch.Item;
import org.byoemail.outbound.submission.AttachmentTooLarge;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionBatch;
import org.byoemail.outbound.submission.SubmissionConflict;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.platform.access.ProblemCode;
import org.byoemail.platform.access.ProblemResponses;
import org.byoemail.platform.hook.HookFailed;
import org.byoemail.platform.retry.DatabaseErrors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;

/**
 * Accepts batches of submissions: each item gets the answer that it would get alone. Thread-safe.
 */
@Component
class Batches {
  /** Hooks may take seconds for each item; the client would give up, and the memory be held. */
  private static final Duration MAX_TIME = Duration.ofSeconds(60);

  private static final Logger log = LoggerFactory.getLogger(Batches.class);

  private final SubmissionReader reader;
  private final Submissions submissions;
  private final ProblemResponses problems;

  Batches(SubmissionReader reader, Submissions submissions, ProblemResponses problems) {
    this.reader = reader;
    this.submissions = submissions;
    this.problems = problems;
  }

  /** The time for the batch was over before the item was looked at. */
  private static final class TimeOver extends RuntimeException {
    TimeOver() {
      super("the batch took too long: submit this item again, with the same id");
    }
  }

  /**
   * Accepts a batch.
   *
   * @throws SubmissionRejected if the body is no batch
   */
  SubmittedBatch accept(SubmissionSource source, InputStream body) {
    byte[] bytes;
    try {
      bytes = body.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a batch", e);
    }
    long start = System.nanoTime();
    String[] ids = new String[SubmissionBatch.MAX_ITEMS];
    List<Supplier<Submission>> items = new ArrayList<>();
    for (InputStream item : SubmissionBatch.items(bytes)) {
      int index = items.size();
      items.add(
          () -> {
            if (System.nanoTime() - start > MAX_TIME.toNanos()) {
              throw new TimeOver();
            }
            Submission submission = reader.read(item);
            ids[index] = submission.id();
            return submission;
          });
    }
    List<Item> results = new ArrayList<>();
    for (Supplier<Submissions.Accepted> one : submissions.acceptAll(source, items)) {
      results.add(item(results.size(), ids[results.size()], one));
    }
    return new SubmittedBatch(results);
  }

  private Item item(int index, @Nullable String id, Supplier<Submissions.Accepted> result) {
    try {
      Submissions.Accepted accepted = result.get();
      return new Item(
          index,
          accepted.submissionId(),
          accepted.created() ? "accepted" : "replayed",
          accepted.created() ? 202 : 200,
          accepted.messageId().value(),
          null);
    } catch (RuntimeException e) {
      ProblemDetail problem = problem(e);
      problems.complete(problem);
      return new Item(
          index,
          e instanceof SubmissionRejected rejected ? rejected.submissionId() : id,
          problem.getStatus() < 500 ? "rejected" : "failed",
          problem.getStatus(),
          null,
          problem);
    }
  }

  private static ProblemDetail problem(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof SubmissionRejected rejected) {
      return ProblemHandler.problem(ProblemHandler.problems(rejected));
    }
    if (e instanceof SubmissionConflict) {
      return ProblemCode.ID_REUSED.problem(message);
    }
    if (e instanceof AttachmentTooLarge) {
      return ProblemCode.TOO_LARGE.problem(message);
    }
    if (e instanceof TimeOver) {
      return ProblemCode.BUSY.problem(message);
    }
    if (e instanceof HookFailed) {
      return ProblemCode.BUSY.problem(ProblemHandler.HOOK_FAILED);
    }
    if (DatabaseErrors.isUnavailable(e)) {
      log.warn("an item of a batch failed: the database is unavailable: {}", message);
      return ProblemCode.DATABASE_UNAVAILABLE.problem("the database is unavailable; try again");
    }
    log.error("an item of a batch failed", e);
    return ProblemCode.INTERNAL_ERROR.problem("internal error");
  }
}
