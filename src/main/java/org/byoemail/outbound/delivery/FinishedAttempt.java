package org.byoemail.outbound.delivery;

import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.platform.conversation.Message;

/**
 * The results of an attempt.
 *
 * @param outcomes by recipient; empty if reports, or a person, have settled all of them meanwhile
 * @param learnt further Message-IDs that servers assigned
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
