package org.byoemail.format.report.family;

/** m-FILTER, a mail filter of Japanese companies. */
final class MFilter {
  static final MtaSignature FAMILY =
      MtaSignature.named("m-filter")
          .says("「m-filter」", "-------server message", "-------smtp command")
          .returned("original message", "original mail info");

  private MFilter() {}
}
