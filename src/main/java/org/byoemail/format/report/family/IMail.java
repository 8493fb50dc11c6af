package org.byoemail.format.report.family;

/** Ipswitch IMail, which calls itself SMTP32. */
final class IMail {
  static final MtaSignature FAMILY =
      MtaSignature.named("imail")
          .subjects("undeliverable mail")
          .says(
              "unknown user:",
              "unknown host:",
              "invalid final delivery userid:",
              "user mailbox exceeds allowed size:",
              "delivery failed ",
              "undeliverable to ",
              "message delayed ",
              "temporary server error")
          .labels(
              "unknown user",
              "unknown host",
              "invalid final delivery userid",
              "user mailbox exceeds allowed size",
              "undeliverable to",
              "attempts",
              "delivery userid")
          .returned("original message follows", "body of message generated response");

  private IMail() {}
}
