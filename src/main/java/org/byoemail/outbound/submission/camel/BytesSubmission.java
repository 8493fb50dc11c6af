package org.byoemail.outbound.submission.camel;

import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.byoemail.outbound.submission.InvalidField;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.jspecify.annotations.Nullable;

/** A submission that the broker's client has received as bytes: JSON in UTF-8. */
abstract class BytesSubmission implements OriginalSubmission {
  private final byte[] body;
  private final @Nullable String user;
  private final boolean deliveredBefore;

  /**
   * @param source the queue or topic that it comes from
   * @param queue the queue or topic of producers that may send for every organisation
   */
  BytesSubmission(byte[] body, String source, String queue, boolean deliveredBefore) {
    this.body = body;
    this.user = source.startsWith(queue + ".") ? source.substring(queue.length() + 1) : null;
    this.deliveredBefore = deliveredBefore;
  }

  /**
   * The id of a submission without one.
   *
   * @throws SubmissionRejected if the broker gives none that stays the same
   */
  abstract String ownId();

  @Override
  public final @Nullable String user() {
    return user;
  }

  @Override
  public final long size(SubmissionReader reader) {
    return Math.min(body.length, reader.largest());
  }

  @Override
  public final boolean deliveredBefore() {
    return deliveredBefore;
  }

  /** In a partition of Kafka; RabbitMQ puts it back to the head of the queue. */
  @Override
  public final boolean holdsUpOthers() {
    return true;
  }

  @Override
  public final Submission read(SubmissionReader reader) {
    if (body.length > reader.largest()) {
      throw rejected("", "is larger than " + reader.largest() + " bytes");
    }
    Submission submission = reader.read(new ByteArrayInputStream(body));
    return submission.id() == null ? submission.withId(ownId()) : submission;
  }

  @Override
  public final byte[] shown() {
    return body.length > SHOWN ? Arrays.copyOf(body, SHOWN + 1) : body;
  }

  @Override
  public final byte @Nullable [] whole(SubmissionReader reader) {
    return body.length > reader.largest() ? null : body;
  }

  /** The SHA-256 of the body, in hexadecimal digits. */
  final String digest() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static SubmissionRejected rejected(String field, String reason) {
    return new SubmissionRejected(null, List.of(new InvalidField(field, reason)));
  }
}
