package org.byoemail.outbound.submission;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A submission that cannot be accepted as it is: trying it again is of no use. */
public class SubmissionRejected extends RuntimeException {

  private final @Nullable String submissionId;
  private final transient List<InvalidField> errors;

  /**
   * @param submissionId its id, null if it has none that can be read
   */
  public SubmissionRejected(@Nullable String submissionId, List<InvalidField> errors) {
    super(errors.stream().map(InvalidField::toString).collect(Collectors.joining("; ")));
    this.submissionId = submissionId;
    this.errors = List.copyOf(errors);
  }

  SubmissionRejected(@Nullable String submissionId, String field, String reason) {
    this(submissionId, List.of(new InvalidField(field, reason)));
  }

  /** The submission's own id; null if it has none that can be read. */
  public @Nullable String submissionId() {
    return submissionId;
  }

  /** What is wrong, at least one. */
  public List<InvalidField> errors() {
    return errors;
  }
}
