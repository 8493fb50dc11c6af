package org.byoemail.account.discovery;

/** A fetched document cannot be used. The message may be shown to the user. */
final class DocumentRefused extends Exception {
  private static final long serialVersionUID = 1;

  DocumentRefused(String message) {
    super(message);
  }

  DocumentRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
