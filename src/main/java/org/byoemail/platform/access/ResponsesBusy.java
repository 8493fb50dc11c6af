package org.byoemail.platform.access;

/** An answer that cannot be made now, because others use up what answering may cost. */
public final class ResponsesBusy extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** When it is worth to ask again, in seconds. */
  public static final int RETRY_AFTER_SECONDS = 5;

  ResponsesBusy() {
    super("too many answers are being read at the same time; try again");
  }
}
