package org.byoemail.inbound.scan;

/** A scanner that is set gave no answer: the mail has to wait. */
public class ScannerUnavailable extends Exception {
  ScannerUnavailable(String scanner, String reason) {
    super("the scanner " + scanner + " is unavailable: " + reason);
  }
}
