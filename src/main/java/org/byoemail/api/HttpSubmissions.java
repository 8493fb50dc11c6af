package org.byoemail.api;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.byoemail.api.SubmissionsController.Accepted;
import org.byoemail.outbound.submission.ReadingBudget;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.trace.TraceParent;
import org.byoemail.platform.trace.Traces;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Accepts submissions of HTTP requests, with the id and the trace of their headers. Thread-safe.
 */
@Component
class HttpSubmissions {
  private static final Duration MAX_WAIT = Duration.ofSeconds(20);
  // A chunked request has no Content-Length.
  private static final long UNKNOWN_LENGTH = 25 << 20;

  private final Submissions submissions;
  private final Traces traces;
  private final ReadingBudget budget;

  HttpSubmissions(Submissions submissions, Traces traces, ReadingBudget budget) {
    this.submissions = submissions;
    this.traces = traces;
    this.budget = budget;
  }

  /**
   * Accepts a submission.
   *
   * @param reader reads the body, given the key of the header, which is null if there is none
   */
  ResponseEntity<Accepted> accept(
      Caller caller, HttpServletRequest request, Function<@Nullable String, Submission> reader) {
    return answer(request, key -> submissions.accept(source(caller), reader.apply(key)));
  }

  /**
   * Answers what became of a submission, under the trace of the request and within the memory for
   * its body.
   *
   * @param acceptance given the key of the header, which is null if there is none
   */
  ResponseEntity<Accepted> answer(
      HttpServletRequest request, Function<@Nullable String, Submissions.Accepted> acceptance) {
    String key = IdempotencyKey.of(request.getHeaders(IdempotencyKey.HEADER));
    Submissions.Accepted accepted = within(request, () -> acceptance.apply(key));
    return accepted.created()
        ? ResponseEntity.accepted().body(Accepted.of(accepted))
        : ResponseEntity.ok().header(IdempotencyKey.REPLAYED, "true").body(Accepted.of(accepted));
  }

  /** Works under the trace of the request and within the memory for its body. */
  <T> T within(HttpServletRequest request, Supplier<T> work) {
    TraceParent given = TraceParent.parse(request.getHeader(TraceParent.NAME));
    try (Traces.Scope trace = traces.carry(given);
        ReadingBudget.Room room = room(request)) {
      return work.get();
    }
  }

  /** Memory for reading the body. */
  ReadingBudget.Room room(HttpServletRequest request) {
    long length = request.getContentLengthLong();
    return budget.take(length < 0 ? UNKNOWN_LENGTH : length, MAX_WAIT);
  }

  static SubmissionSource source(Caller caller) {
    return new SubmissionSource(caller.organization(), caller.scope());
  }
}
