package org.byoemail.format.report.family;

/** MailFoundry. */
final class MailFoundry {
  static final MtaSignature FAMILY =
      MtaSignature.named("mail-foundry")
          .says("unable to deliver message to: <")
          .labels("unable to deliver message to");

  private MailFoundry() {}
}
