package org.byoemail.format.report.family;

/** Amazon SES and WorkMail, which write the fields of a report as text. */
final class AmazonWorkMail {
  static final MtaSignature FAMILY =
      MtaSignature.named("amazon")
          .says(
              "an error occurred while trying to deliver the mail to the following recipients",
              "technical report:")
          .returned("technical report");

  private AmazonWorkMail() {}
}
