package org.byoemail.account.oauth;

/**
 * No sign-in was begun that this answer belongs to: its state is unknown, was used already, has
 * expired, or belongs to another browser, provider or organisation. Which of them is not told.
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
