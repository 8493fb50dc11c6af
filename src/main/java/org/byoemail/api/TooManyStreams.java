package org.byoemail.api;

/** A key, an organization or a node has reached its limit of event streams and long polls. */
class TooManyStreams extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean ofCaller;

  TooManyStreams(boolean ofCaller) {
    super(
        ofCaller
            ? "this key or its organization has too many open streams and long polls: close one, or wait"
            : "too many streams and long polls are open: try again later");
    this.ofCaller = ofCaller;
  }

  /** Whether the limit of the key or its organization is reached, not the node's. */
  boolean isOfCaller() {
    return ofCaller;
  }
}
