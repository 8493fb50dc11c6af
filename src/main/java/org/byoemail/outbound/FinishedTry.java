package org.byoemail.outbound;

import java.util.List;
import java.util.Map;
import org.byoemail.conversation.Message;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.MessageId;

/**
 * What is known at the end of a try.
 *
 * @param outcomes of those who were part of it; nobody where reports, or a person, have settled
 *     everything since it was planned
 * @param learnt Message-IDs that the mail has got besides its own
 */
record FinishedTry(
    Claim claim,
    Message message,
    Map<EmailAddress, AttemptOutcome> outcomes,
    boolean simulated,
    List<MessageId> learnt) {

  static FinishedTry of(OutgoingMail mail) {
    return new FinishedTry(
        mail.claim(),
        mail.message(),
        mail.outcomes(),
        mail.leavesBy() == OutgoingMail.Transport.SIMULATED,
        mail.learnt());
  }
}
