package org.byoemail.format.report.family;

/**
 * Postfix before it wrote reports in fields (2.3), and reports that lost theirs on the way.
 * Providers put their own name in place of Postfix.
 */
final class Postfix {
  static final MtaSignature FAMILY =
      MtaSignature.named("postfix")
          .says(
              "i'm sorry to have to inform you that the message returned below could not be delivered",
              "i'm sorry to have to inform you that your message could not be delivered",
              "your message could not be delivered for more than",
              "#  this is a warning only.  you do not need to resend your message",
              "this is the postfix program at host",
              "this is the mail system at host");

  private Postfix() {}
}
