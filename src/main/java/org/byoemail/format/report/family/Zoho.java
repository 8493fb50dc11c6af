package org.byoemail.format.report.family;

/** Zoho Mail. */
final class Zoho {
  static final MtaSignature FAMILY =
      MtaSignature.named("zoho")
          .says("error_code :", "invalid address, error_code", "zoho mail")
          .senders("zoho", "mailer-daemon@")
          .returned("received:from mail.zoho");

  private Zoho() {}
}
