package org.byoemail.format.report.family;

/** Exchange 5.5 to 2003, which wrote for people only. */
final class Exchange {
  static final MtaSignature FAMILY =
      MtaSignature.named("exchange")
          .says(
              "did not reach the following recipient(s)",
              "did not reach the following recipient:",
              "did not reach the following recipient",
              "the recipient name is not recognized",
              "msexch:ims:",
              "the mts-id of the original message")
          .returned("reporting-mta:");

  private Exchange() {}
}
