package org.byoemail.format.report.family;

/** Verizon and other gateways from mail to text messages. */
final class Verizon {
  static final MtaSignature FAMILY =
      MtaSignature.named("verizon")
          .says("error: invalid user address", "error: no valid recipients from")
          .labels("rcpt to");

  private Verizon() {}
}
