package org.byoemail.account.connection;

/** Too many connection tests are running. */
public class TooManyTests extends RuntimeException {
  private final boolean ofNode;

  private TooManyTests(String message, boolean ofNode) {
    super(message);
    this.ofNode = ofNode;
  }

  static TooManyTests ofOrganization() {
    return new TooManyTests(
        "too many connection tests of this organisation are running: try again when they have"
            + " ended",
        false);
  }

  static TooManyTests ofHost() {
    return new TooManyTests(
        "too many connection tests of this mail server are running: try again when they have"
            + " ended",
        false);
  }

  /** Too many are running on this node. */
  public static TooManyTests ofNode() {
    return new TooManyTests(
        "too many connection tests are running: try again when they have ended", true);
  }

  /** Whether the node's limit is reached, not only this caller's. */
  public boolean isOfNode() {
    return ofNode;
  }
}
