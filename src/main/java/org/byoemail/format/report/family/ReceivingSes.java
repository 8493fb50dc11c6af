package org.byoemail.format.report.family;

/** Amazon SES where it receives mail and a rule refuses it. */
final class ReceivingSes {
  static final MtaSignature FAMILY =
      MtaSignature.named("amazon-receiving")
          .says("this message could not be delivered", "amazonses.com")
          .senders("amazonses.com");

  private ReceivingSes() {}
}
