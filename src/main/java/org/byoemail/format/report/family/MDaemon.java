package org.byoemail.format.report.family;

/** MDaemon. */
final class MDaemon {
  static final MtaSignature FAMILY =
      MtaSignature.named("mdaemon")
          .says(
              "the attached message had permanent fatal delivery errors",
              "the attached message had non-fatal delivery errors",
              "the following addresses did not receive a copy of your message",
              "there is no user by that name at this server")
          .returned("message contains [");

  private MDaemon() {}
}
