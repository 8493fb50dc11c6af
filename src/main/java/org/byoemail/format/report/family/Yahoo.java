package org.byoemail.format.report.family;

/** Yahoo, AOL and those whose mailboxes they run. */
final class Yahoo {
  static final MtaSignature FAMILY =
      MtaSignature.named("yahoo")
          .says(
              "sorry, we were unable to deliver your message to the following address",
              "we are sorry, we were unable to deliver your message",
              "this user doesn't have a yahoo",
              "this account has been disabled or discontinued",
              "unable to deliver message to the following address(es)")
          .returned(
              "original message follows",
              "below this line is a copy",
              "forwarded message attached");

  private Yahoo() {}
}
