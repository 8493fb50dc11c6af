package org.byoemail.platform.search;

/** As many searches are running on this node as may at a time. */
public class SearchesBusy extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Retry-After, in seconds. */
  public static final int RETRY_AFTER_SECONDS = 2;

  SearchesBusy() {
    super("too many searches are running at the same time; try again");
  }
}
