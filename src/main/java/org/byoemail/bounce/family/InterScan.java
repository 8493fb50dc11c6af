package org.byoemail.bounce.family;

/** Trend Micro InterScan and its successors. */
final class InterScan {
  static final Family FAMILY =
      Family.named("interscan")
          .says(
              "message from interscan",
              "sent <<< rcpt to",
              "sent >>> rcpt to",
              "interscan messaging security")
          .labels("rcpt to", "unable to deliver message to");

  private InterScan() {}
}
