package org.byoemail.bounce.family;

/** MailFoundry. */
final class MailFoundry {
  static final Family FAMILY =
      Family.named("mail-foundry")
          .says("unable to deliver message to: <")
          .labels("unable to deliver message to");

  private MailFoundry() {}
}
