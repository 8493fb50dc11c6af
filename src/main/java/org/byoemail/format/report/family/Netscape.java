package org.byoemail.format.report.family;

/** Netscape and other servers of the nineties. */
final class Netscape {
  static final MtaSignature FAMILY =
      MtaSignature.named("netscape")
          .says("this message was undeliverable due to the following reason")
          .returned("the following is the header");

  private Netscape() {}
}
