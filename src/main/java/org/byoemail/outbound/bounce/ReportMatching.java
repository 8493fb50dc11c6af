package org.byoemail.outbound.bounce;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.Complaint;
import org.byoemail.format.report.OriginalMail;
import org.byoemail.format.report.ReportStrength;
import org.byoemail.format.report.ReportedRecipient;
import org.byoemail.outbound.delivery.ReportableAttempt;
import org.byoemail.outbound.delivery.ReportableAttempts;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds the attempt that a report is about, among the attempts of the account that it arrived in
 * and of the accounts whose bounce account that is: by envelope id, by the attempt header of the
 * returned message, by Message-ID, in that order of strength. A free-text report without any of
 * them is about the newest mail to the address that it names, if only one of them was written to
 * lately.
 */
@Component
class ReportMatching {
  private static final int MAX_NAMED = 20;

  private final ReportableAttempts attempts;

  ReportMatching(ReportableAttempts attempts) {
    this.attempts = attempts;
  }

  /** By what the attempt was found. */
  enum MatchedBy {
    ENVELOPE_ID("envelope-id"),
    ATTEMPT_HEADER("attempt-header"),
    MESSAGE_ID("message-id"),
    RECIPIENT("recipient"),
    /** The id that the provider gave the message, or that the gateway gave the provider. */
    PROVIDER("provider");

    private final String word;

    MatchedBy(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /** By what the recipient was found: Original-Recipient, Final-Recipient, or as the only one. */
  enum RecipientMatchedBy {
    ORIGINAL,
    FINAL,
    INFERRED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A recipient of the message that a report speaks of. */
  record RecipientMatch(EmailAddress address, RecipientMatchedBy how) {}

  /** An attempt that a report is about. */
  record Match(ReportableAttempt sent, MatchedBy by) {

    /**
     * Which recipient of the message is meant: by Original-Recipient, then Final-Recipient. If
     * report and message have only one each, it is that one: the mail was forwarded, or the report
     * names nobody. Null if it is none of them.
     *
     * @param alone whether the report speaks of no other recipient
     */
    @Nullable RecipientMatch recipient(
        Optional<EmailAddress> original, Optional<EmailAddress> last, boolean alone) {
      if (original.filter(sent::wentTo).isPresent()) {
        return new RecipientMatch(original.get(), RecipientMatchedBy.ORIGINAL);
      }
      if (last.filter(sent::wentTo).isPresent()) {
        return new RecipientMatch(last.get(), RecipientMatchedBy.FINAL);
      }
      return alone
          ? sent.sole()
              .map(sole -> new RecipientMatch(sole, RecipientMatchedBy.INFERRED))
              .orElse(null)
          : null;
    }

    /** Whether only a recipient of the mail, or its provider, can know by what it was found. */
    boolean isStrong() {
      return by == MatchedBy.ENVELOPE_ID
          || by == MatchedBy.ATTEMPT_HEADER
          || by == MatchedBy.PROVIDER;
    }
  }

  Optional<Match> find(Classification report, AccountId account) {
    OriginalMail original = report.original();
    return report
        .originalEnvelopeId()
        .flatMap(AttemptId::find)
        .flatMap(id -> attempts.find(account, id))
        .map(sent -> new Match(sent, MatchedBy.ENVELOPE_ID))
        .or(
            () ->
                original
                    .attempt()
                    .flatMap(id -> attempts.find(account, id))
                    .map(sent -> new Match(sent, MatchedBy.ATTEMPT_HEADER)))
        .or(
            () ->
                original
                    .messageId()
                    .flatMap(id -> attempts.find(account, id))
                    .map(sent -> new Match(sent, MatchedBy.MESSAGE_ID)))
        .or(() -> byRecipient(report, account));
  }

  private Optional<Match> byRecipient(Classification report, AccountId account) {
    boolean nameless =
        report.originalEnvelopeId().isEmpty()
            && report.original().attempt().isEmpty()
            && report.original().messageId().isEmpty();
    List<EmailAddress> named =
        report.recipients().stream()
            .flatMap(one -> one.address().stream())
            .distinct()
            .limit(MAX_NAMED + 1L)
            .toList();
    return report.isReport()
            && report.strength() == ReportStrength.FREE_TEXT
            && nameless
            && !named.isEmpty()
            && named.size() <= MAX_NAMED
        ? attempts.lately(account, named).map(sent -> new Match(sent, MatchedBy.RECIPIENT))
        : Optional.empty();
  }

  /** The recipients that a report names, matched to the message's recipients; at least one. */
  static List<MatchedRecipient> recipients(Classification report, @Nullable Match match) {
    List<ReportedRecipient> reported = report.recipients();
    if (!reported.isEmpty()) {
      return reported.stream().map(one -> recipient(one, match, reported.size() == 1)).toList();
    }
    List<EmailAddress> named = report.complaint().map(Complaint::recipients).orElse(List.of());
    if (named.isEmpty()) {
      return List.of(nameless(report, match));
    }
    return named.stream()
        .map(
            address ->
                new MatchedRecipient(
                    Optional.of(address),
                    null,
                    match == null
                        ? null
                        : match.recipient(
                            Optional.empty(), Optional.of(address), named.size() == 1)))
        .toList();
  }

  private static MatchedRecipient recipient(
      ReportedRecipient one, @Nullable Match match, boolean alone) {
    return new MatchedRecipient(
        one.address(),
        one,
        match == null ? null : match.recipient(one.original(), one.finalRecipient(), alone));
  }

  private static MatchedRecipient nameless(Classification report, @Nullable Match match) {
    return new MatchedRecipient(
        Optional.empty(),
        ReportedRecipient.unnamed(report.kind()).orElse(null),
        match == null ? null : match.recipient(Optional.empty(), Optional.empty(), true));
  }
}
