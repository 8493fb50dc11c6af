package org.byoemail.inbound.scan;

/** A scanner that is set gave no answer: the mail has to wait. */
public class ScannerUnavailable extends Exception {
  private final boolean reached;

  ScannerUnavailable(String scanner, String reason, boolean reached) {
    super("the scanner " + scanner + " is unavailable: " + reason);
    this.reached = reached;
  }

  /** Whether it could be reached, so that it may be this mail that it cannot scan. */
  public boolean wasReached() {
    return reached;
  }
}
