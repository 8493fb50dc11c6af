package org.byoemail.platform.access;

/** A response cannot be made now, because the response budget is used up. */
public final class ResponsesBusy extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Retry-After, in seconds. */
  public static final int RETRY_AFTER_SECONDS = 5;

  ResponsesBusy() {
    super("too many responses are under way at the same time; try again");
  }
}
