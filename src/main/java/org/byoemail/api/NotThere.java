package org.byoemail.api;

/** There is no such thing, or it is not the caller's to see, which is told alike. */
class NotThere extends RuntimeException {
  private static final long serialVersionUID = 1;

  NotThere(String what) {
    super("there is no such " + what);
  }
}
