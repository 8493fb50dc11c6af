package org.byoemail.api;

/** A key or a node has reached its limit of event streams and long polls. */
class TooManyStreams extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean ofKey;

  TooManyStreams(boolean ofKey) {
    super(
        ofKey
            ? "this key has too many open streams and long polls: close one, or wait"
            : "too many streams and long polls are open: try again later");
    this.ofKey = ofKey;
  }

  /** Whether the key's limit is reached, not the node's. */
  boolean isOfKey() {
    return ofKey;
  }
}
