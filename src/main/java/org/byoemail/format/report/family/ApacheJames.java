package org.byoemail.format.report.family;

/** Apache James, and the gateways that are built on it. */
final class ApacheJames {
  static final MtaSignature FAMILY =
      MtaSignature.named("apache-james")
          .says("message details: subject:", "this is the james mail server")
          .labels("rcpt to");

  private ApacheJames() {}
}
