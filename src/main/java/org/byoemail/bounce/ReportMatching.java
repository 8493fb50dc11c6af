package org.byoemail.bounce;

import java.util.List;
import java.util.Optional;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.AttemptId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.outbound.Attempts;
import org.byoemail.outbound.SentMail;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds the attempt that a report is about, among those of the account it arrived in: by envelope
 * id, by our own header field in what was returned, by Message-ID, in that order of strength.
 */
@Component
class ReportMatching {
  private final Attempts attempts;

  ReportMatching(Attempts attempts) {
    this.attempts = attempts;
  }

  /** What told which attempt it was. */
  enum MatchedBy {
    ENVELOPE_ID("envelope-id"),
    ATTEMPT_HEADER("attempt-header"),
    MESSAGE_ID("message-id");

    private final String word;

    MatchedBy(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /**
   * A recipient of the message that a report speaks of.
   *
   * @param how original, final or inferred
   */
  record RecipientMatch(EmailAddress address, String how) {}

  /** An attempt that a report is about. */
  record Match(SentMail sent, MatchedBy by) {

    /**
     * Which recipient of the message is meant: by Original-Recipient, then Final-Recipient. Where
     * the attempt was found by an id of ours and the message had but one, it is that one: the mail
     * was forwarded. Null: none of them.
     */
    @Nullable RecipientMatch recipient(Classification report, ReportedRecipient reported) {
      List<EmailAddress> recipients = sent.recipients();
      if (reported.original().filter(recipients::contains).isPresent()) {
        return new RecipientMatch(reported.original().get(), "original");
      }
      if (reported.finalRecipient().filter(recipients::contains).isPresent()) {
        return new RecipientMatch(reported.finalRecipient().get(), "final");
      }
      boolean sole = recipients.size() == 1 && report.recipients().size() == 1;
      return sole && by != MatchedBy.MESSAGE_ID
          ? new RecipientMatch(recipients.get(0), "inferred")
          : null;
    }
  }

  Optional<Match> find(Classification report, AccountId account) {
    Optional<Match> byEnvelopeId =
        report
            .originalEnvelopeId()
            .flatMap(ReportMatching::attemptId)
            .flatMap(id -> attempts.find(account, id))
            .map(sent -> new Match(sent, MatchedBy.ENVELOPE_ID));
    return byEnvelopeId
        .or(
            () ->
                report
                    .original()
                    .attempt()
                    .flatMap(id -> attempts.find(account, id))
                    .map(sent -> new Match(sent, MatchedBy.ATTEMPT_HEADER)))
        .or(
            () ->
                report
                    .original()
                    .messageId()
                    .flatMap(id -> attempts.find(account, id))
                    .map(sent -> new Match(sent, MatchedBy.MESSAGE_ID)));
  }

  // Mail that other programs send through the same account has envelope ids of its own.
  private static Optional<AttemptId> attemptId(String envelopeId) {
    try {
      return Optional.of(AttemptId.parse(envelopeId));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
