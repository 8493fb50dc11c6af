package org.byoemail.outbound;

import jakarta.mail.MessagingException;
import org.springframework.stereotype.Component;

/** The steps of the sending routes, for one delivery after the other, on the calling thread. */
@Component
class SendingSteps {
  private final OutboundFixtures fixtures;
  private final SendPreparation preparation;
  private final AccountSender sender;
  private final SendRecording recording;

  SendingSteps(
      OutboundFixtures fixtures,
      SendPreparation preparation,
      AccountSender sender,
      SendRecording recording) {
    this.fixtures = fixtures;
    this.preparation = preparation;
    this.sender = sender;
    this.recording = recording;
  }

  /**
   * Sends what is due.
   *
   * @return how many deliveries were claimed
   */
  int send() throws MessagingException {
    int claimed = 0;
    for (Claim claim : fixtures.claim(100, 100, "usable")) {
      claimed++;
      OutgoingMail mail = preparation.prepare(claim);
      if (mail != null) {
        if (mail.getTransport().equals("smtp")) {
          sender.send(mail);
        }
        recording.record(mail);
      }
    }
    return claimed;
  }
}
