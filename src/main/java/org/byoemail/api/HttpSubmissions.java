package org.byoemail.api;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.byoemail.api.SubmissionsController.Accepted;
import org.byoemail.outbound.submission.InvalidField;
import org.byoemail.outbound.submission.ReadingBudget;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.outbound.submission.SubmittedBy;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.trace.TraceParent;
import org.byoemail.platform.trace.TracePropagation;
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
  private final TracePropagation traces;
  private final ReadingBudget budget;

  HttpSubmissions(Submissions submissions, TracePropagation traces, ReadingBudget budget) {
    this.submissions = submissions;
    this.traces = traces;
    this.budget = budget;
  }

  /**
   * Accepts a submission.
   *
   * @param reader reads the body, given the key of the header, which is null if absent
   */
  ResponseEntity<Accepted> accept(
      Caller caller, HttpServletRequest request, Function<@Nullable String, Submission> reader) {
    return answer(request, key -> submissions.accept(source(caller), reader.apply(key)));
  }

  /**
   * Answers what became of a submission, under the trace of the request and within the memory for
   * its body.
   *
   * @param acceptance given the key of the header, which is null if absent
   */
  ResponseEntity<Accepted> answer(
      HttpServletRequest request, Function<@Nullable String, Submissions.Accepted> acceptance) {
    return answer(request, size(request), acceptance);
  }

  /**
   * As {@link #answer(HttpServletRequest, Function)}, of a submission that is not in the body.
   *
   * @param bytes how large it may be
   */
  ResponseEntity<Accepted> answer(
      HttpServletRequest request,
      long bytes,
      Function<@Nullable String, Submissions.Accepted> acceptance) {
    String key = IdempotencyKey.of(request.getHeaders(IdempotencyKey.HEADER));
    Submissions.Accepted accepted = within(request, bytes, () -> acceptance.apply(key));
    return accepted.created()
        ? ResponseEntity.accepted().body(Accepted.of(accepted))
        : ResponseEntity.ok().header(IdempotencyKey.REPLAYED, "true").body(Accepted.of(accepted));
  }

  /** Works under the trace of the request and within the memory for its body. */
  <T> T within(HttpServletRequest request, Supplier<T> work) {
    return within(request, size(request), work);
  }

  /** Works under the trace of the request and within the memory for that many bytes. */
  <T> T within(HttpServletRequest request, long bytes, Supplier<T> work) {
    TraceParent given = TraceParent.parse(request.getHeader(TraceParent.NAME));
    try (TracePropagation.Scope trace = traces.carry(given);
        ReadingBudget.Room room = budget.take(bytes, MAX_WAIT)) {
      return work.get();
    }
  }

  /** Memory for reading the body. */
  ReadingBudget.Room room(HttpServletRequest request) {
    return budget.take(size(request), MAX_WAIT);
  }

  private static long size(HttpServletRequest request) {
    long length = request.getContentLengthLong();
    return length < 0 ? UNKNOWN_LENGTH : length;
  }

  /**
   * Reads a small body as a whole: until it has arrived, it must hold neither reserved memory nor a
   * database connection.
   *
   * @throws SubmissionRejected if it is larger
   */
  static byte[] arrived(InputStream body, int max) {
    byte[] bytes;
    try {
      bytes = body.readNBytes(max + 1);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a body", e);
    }
    if (bytes.length > max) {
      throw new SubmissionRejected(
          null, List.of(new InvalidField("", "is larger than " + max + " bytes")));
    }
    return bytes;
  }

  static SubmissionSource source(Caller caller) {
    String kind = caller.kind() == Caller.Kind.KEY ? "key" : "user";
    return new SubmissionSource(caller.organization(), caller.scope())
        .as(new SubmittedBy(kind, caller.key(), caller.publicName()));
  }
}
