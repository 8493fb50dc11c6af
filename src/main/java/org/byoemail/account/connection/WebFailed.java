package org.byoemail.account.connection;

/** A document was not fetched. The message names the host and the reason, and may be shown. */
public class WebFailed extends Exception {
  private static final long serialVersionUID = 1;

  WebFailed(String message) {
    super(message);
  }

  WebFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
