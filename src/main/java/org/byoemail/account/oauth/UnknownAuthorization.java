package org.byoemail.account.oauth;

/**
 * The answer belongs to no pending sign-in: its state is unknown, was used already, has expired, or
 * belongs to another browser, provider or organisation. The message does not say which.
 */
public class UnknownAuthorization extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With the words for the browser. */
  public UnknownAuthorization() {
    super(
        "this sign-in is no longer valid: it was used already, has expired, or was begun in another"
            + " browser");
  }
}
