package org.byoemail.format.report.family;

/** Sendmail, and the many servers that took over its sections. */
final class Sendmail {
  static final MtaSignature FAMILY =
      MtaSignature.named("sendmail")
          .says(
              "----- the following addresses had permanent fatal errors",
              "----- the following addresses had transient non-fatal errors",
              "----- the following addresses have delivery notifications",
              "----- the following addresses had permanent delivery errors",
              "----- the following addresses had delivery problems",
              "----- the following addresses had delivery errors",
              "---the following addresses had delivery errors",
              "--- the following addresses had delivery problems",
              "----- the following addresses have been",
              "----- the following addresses had fatal errors",
              "----- the following addressee",
              "----- transcript of session follows",
              "--- session transcript ---",
              "this warning message will be sent")
          .returned(
              "unsent message follows",
              "message header follows",
              "original message follows",
              "message body suppressed",
              "returned message follows",
              "original message header");

  private Sendmail() {}
}
