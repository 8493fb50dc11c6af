package org.byoemail.outbound.submission;

/**
 * What is wrong with one field of a submission.
 *
 * @param field its path, such as {@code to[1]} or {@code attachments[0].content}; empty if it is
 *     the submission as a whole
 * @param reason in words for its producer
 */
public record InvalidField(String field, String reason) {

  @Override
  public String toString() {
    return field.isEmpty() ? reason : field + ": " + reason;
  }
}
