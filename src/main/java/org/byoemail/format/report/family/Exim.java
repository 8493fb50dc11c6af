package org.byoemail.format.report.family;

/** Exim, and the providers that run it. */
final class Exim {
  static final MtaSignature FAMILY =
      MtaSignature.named("exim")
          .says(
              "this message was created automatically by mail delivery software",
              "this message was created automatically by the mail delivery system",
              "a message that you sent could not be delivered to one or more of its recipients",
              "a message that you have sent could not be delivered to one or more recipients",
              "a message that you sent contained one or more recipient addresses that were incorrectly constructed",
              "a message that you sent has not yet been delivered to one or more of its recipients")
          .returned(
              "this is a copy of the message",
              "this is a copy of your message",
              "the following text was generated during",
              "included is a copy of the message header",
              "the body of the message is");

  private Exim() {}
}
