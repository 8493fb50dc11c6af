package org.byoemail.account.discovery;

/** A document that was fetched is not one that is used. The message may be shown. */
final class DocumentRefused extends Exception {
  private static final long serialVersionUID = 1;

  DocumentRefused(String message) {
    super(message);
  }

  DocumentRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
