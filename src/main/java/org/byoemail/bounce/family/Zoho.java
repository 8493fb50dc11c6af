package org.byoemail.bounce.family;

/** Zoho Mail. */
final class Zoho {
  static final Family FAMILY =
      Family.named("zoho")
          .says("error_code :", "invalid address, error_code", "zoho mail")
          .senders("zoho", "mailer-daemon@")
          .returned("received:from mail.zoho");

  private Zoho() {}
}
