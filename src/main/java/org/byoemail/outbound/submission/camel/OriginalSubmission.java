package org.byoemail.outbound.submission.camel;

import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;

/** A submission as the broker delivered it. Used by one thread. */
interface OriginalSubmission {
  /** How much of a rejected submission is shown, in bytes. */
  int SHOWN = 64 * 1024;

  /**
   * The name in {@code byo.broker.organizations} that its producer has: the user that Artemis knows
   * it as, or the end of the name of RabbitMQ's queue or Kafka's topic; null if absent.
   */
  @Nullable String user() throws Exception;

  /** The trace of its producer; null if it gave none that is well-formed. */
  @Nullable TraceParent trace() throws Exception;

  /** What the broker calls it, the same when it is delivered again. */
  String brokersId() throws Exception;

  /** About how much of it is going to be read, in bytes; its body is not touched for that. */
  long size(SubmissionReader reader) throws Exception;

  /** Whether it was, or may have been, delivered before. */
  boolean deliveredBefore();

  /** Whether others may wait until this one is accepted or rejected. */
  default boolean holdsUpOthers() {
    return false;
  }

  /**
   * Reads it, after its size was checked.
   *
   * @throws SubmissionRejected if it is no submission
   */
  Submission read(SubmissionReader reader) throws Exception;

  /** What was handed in, up to a limit and one byte; nothing where it is neither text nor bytes. */
  byte[] shown() throws Exception;

  /**
   * All that was handed in, of one that nobody has read; null if that is more than any submission
   * can be.
   */
  byte @Nullable [] whole(SubmissionReader reader) throws Exception;

  /** Discards the unread rest. */
  default void discard() {}
}
