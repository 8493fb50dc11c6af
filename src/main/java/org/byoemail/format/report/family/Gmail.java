package org.byoemail.format.report.family;

/** Gmail before it wrote reports in fields, and Google Workspace. */
final class Gmail {
  static final MtaSignature FAMILY =
      MtaSignature.named("gmail")
          .senders(
              "mailer-daemon@googlemail.com",
              "mailer-daemon@google.com",
              "mail delivery subsystem <mailer-daemon@")
          .says(
              "delivery to the following recipient failed",
              "delivery to the following recipients failed",
              "delivery to the following recipient has been delayed",
              "delivery to the following recipients has been delayed",
              "technical details of permanent failure",
              "technical details of temporary failure",
              "the error that the other server returned was",
              "the response from the remote server was",
              "this is an automatically generated delivery status notification",
              "address not found",
              "message not delivered",
              "message blocked")
          .returned("original message", "message header follows");

  private Gmail() {}
}
