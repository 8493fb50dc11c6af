package org.byoemail.format.report.family;

/** Trend Micro InterScan and its successors. */
final class InterScan {
  static final MtaSignature FAMILY =
      MtaSignature.named("interscan")
          .says(
              "message from interscan",
              "sent <<< rcpt to",
              "sent >>> rcpt to",
              "interscan messaging security")
          .labels("rcpt to", "unable to deliver message to");

  private InterScan() {}
}
