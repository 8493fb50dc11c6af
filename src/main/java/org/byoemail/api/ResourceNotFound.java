package org.byoemail.api;

/** There is no such thing, or it is not the caller's to see, which is told alike. */
class ResourceNotFound extends RuntimeException {
  private static final long serialVersionUID = 1;

  ResourceNotFound(String what) {
    super("there is no such " + what);
  }
}
