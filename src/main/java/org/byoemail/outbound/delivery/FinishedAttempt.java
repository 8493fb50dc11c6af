package org.byoemail.outbound.delivery;

import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * The results of an attempt.
 *
 * @param outcomes by recipient; empty if reports, or a person, have settled all of them meanwhile
 * @param learnt further Message-IDs that servers assigned
 * @param way how it left, and what the server got
 * @param trace the span that sent it; null if absent
 */
record FinishedAttempt(
    Claim claim,
    Message message,
    Map<EmailAddress, AttemptOutcome> outcomes,
    boolean simulated,
    List<MessageId> learnt,
    SentVia way,
    @Nullable TraceParent trace) {
  /**
   * How an attempt left.
   *
   * @param transport its word; null if that is not known
   * @param server host and port; null if it has none of its own
   * @param sent the octets of the mail; null if none were sent, or that is not known
   */
  record SentVia(
      @Nullable String transport, @Nullable String server, @Nullable SentMailDigest sent) {
    static final SentVia NOT_KNOWN = new SentVia(null, null, null);
  }

  static FinishedAttempt of(OutgoingMail mail) {
    return new FinishedAttempt(
        mail.claim(),
        mail.message(),
        mail.outcomes(),
        mail.leavesBy() == OutgoingMail.Transport.SIMULATED,
        mail.learnt(),
        mail.way(),
        mail.trace());
  }
}
