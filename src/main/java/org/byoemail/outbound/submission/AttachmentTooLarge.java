package org.byoemail.outbound.submission;

/** An uploaded file is larger than an attachment may be. */
public class AttachmentTooLarge extends RuntimeException {

  private final long limit;

  AttachmentTooLarge(long limit) {
    super("an attachment may have %,d bytes at most".formatted(limit));
    this.limit = limit;
  }

  /** The limit, in bytes. */
  public long limit() {
    return limit;
  }
}
