package org.byoemail.format.report.family;

/** Courier. */
final class Courier {
  static final MtaSignature FAMILY =
      MtaSignature.named("courier")
          .says(
              "this is a delivery status notification from",
              "the courier mail server",
              "undeliverable mail your message to the following recipients cannot be delivered",
              "cannot be delivered:")
          .senders("courier", "\"postmaster\"", "mail delivery", "mailer-daemon", "postmaster@")
          .labels("the original message was received at")
          .returned("if your message was also sent to additional recipients");

  private Courier() {}
}
