package org.byoemail.outbound.delivery;

import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.platform.conversation.Message;

/**
 * What is known at the end of an attempt.
 *
 * @param outcomes of those who were part of it; nobody where reports, or a person, have settled
 *     everything since it was planned
 * @param learnt Message-IDs that the mail has got besides its own
 */
record FinishedAttempt(
    Claim claim,
    Message message,
    Map<EmailAddress, AttemptOutcome> outcomes,
    boolean simulated,
    List<MessageId> learnt) {

  static FinishedAttempt of(OutgoingMail mail) {
    return new FinishedAttempt(
        mail.claim(),
        mail.message(),
        mail.outcomes(),
        mail.leavesBy() == OutgoingMail.Transport.SIMULATED,
        mail.learnt());
  }
}
