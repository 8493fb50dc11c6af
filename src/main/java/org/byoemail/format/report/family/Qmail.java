package org.byoemail.format.report.family;

/**
 * qmail and its descendants (netqmail, notqmail, s/qmail), with the greetings that operators gave
 * them.
 */
final class Qmail {
  static final MtaSignature FAMILY =
      MtaSignature.named("qmail")
          .says(
              "this is the qmail-send program",
              "this is the qmail program at",
              "i'm afraid i wasn't able to deliver your message to the following addresses",
              "i'm afraid i wasn't able to deliver the following message",
              "sorry, no mailbox here by that name",
              "sorry, i wasn't able to establish an smtp connection",
              "--- below this line is a copy of the message",
              "--- below the next line is a copy of the message",
              "giving up on ")
          .returned(
              "below this line is a copy",
              "below the next line is a copy",
              "enclosed is a copy of the message");

  private Qmail() {}
}
