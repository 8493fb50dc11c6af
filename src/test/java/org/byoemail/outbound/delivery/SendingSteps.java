package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import java.util.List;
import org.springframework.stereotype.Component;

/** The steps of the sending routes, for one delivery after the other, on the calling thread. */
@Component
public class SendingSteps {
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
  public int send() throws MessagingException {
    List<Claim> claims = fixtures.claim(100, 100);
    for (OutgoingMail mail : begin(claims)) {
      if (mail.getTransport().equals("smtp")) {
        sender.send(mail);
      }
      recording.record(mail);
    }
    return claims.size();
  }

  /** The composed mails of claims whose tries have begun. */
  public List<OutgoingMail> begin(List<Claim> claims) throws MessagingException {
    List<OutgoingMail> mails = preparation.begin(claims);
    for (OutgoingMail mail : mails) {
      preparation.compose(mail);
    }
    return mails;
  }

  /** The composed mail of the one delivery that is due. */
  public OutgoingMail begun() throws MessagingException {
    return begin(fixtures.claim(1, 3)).get(0);
  }
}
