package org.byoemail.format.report.family;

/** Trustwave MailMarshal. */
final class MailMarshal {
  static final MtaSignature FAMILY =
      MtaSignature.named("mailmarshal")
          .says("the following recipients were affected", "could not be delivered because of")
          .returned("additional information");

  private MailMarshal() {}
}
