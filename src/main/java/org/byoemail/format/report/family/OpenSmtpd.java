package org.byoemail.format.report.family;

/** OpenSMTPD before it wrote reports in fields. */
final class OpenSmtpd {
  static final MtaSignature FAMILY =
      MtaSignature.named("opensmtpd")
          .says(
              "an error has occurred while attempting to deliver a message for the following list of recipients",
              "a message is delayed for more than",
              "this is the mailer-daemon, please do not reply to this e")
          .returned("below is a copy of the original message");

  private OpenSmtpd() {}
}
