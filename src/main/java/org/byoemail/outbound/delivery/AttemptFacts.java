package org.byoemail.outbound.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.platform.dossier.DossierEntry;
import org.byoemail.platform.dossier.DossierKind;
import org.jspecify.annotations.Nullable;

/**
 * What the dossier says of an attempt.
 *
 * @param transport null if that is not known
 * @param server host and port; null if the transport has none
 * @param sentSha256 of the mail's octets; null if none were sent, or that is not known
 * @param sentBytes null as the digest
 * @param results for each recipient, in the order of their addresses
 */
record AttemptFacts(
    UUID attempt,
    int number,
    @Nullable UUID account,
    @Nullable String transport,
    @Nullable String server,
    @Nullable String sentSha256,
    @Nullable Long sentBytes,
    List<Result> results) {
  private static final int MAX_WORDS = 1000;

  /**
   * An outcome.
   *
   * @param words the server's, or the gateway's own
   */
  record Result(String address, String outcome, @Nullable String code, @Nullable String words) {}

  static DossierEntry entry(FinishedAttempt ended) {
    Claim claim = ended.claim();
    SentMailDigest sent = ended.way().sent();
    List<Result> results = new ArrayList<>();
    for (Map.Entry<EmailAddress, AttemptOutcome> one : ended.outcomes().entrySet()) {
      AttemptOutcome outcome = one.getValue();
      results.add(
          new Result(
              one.getKey().value(),
              ended.simulated() ? "simulated" : OutgoingMail.word(outcome),
              outcome.code(),
              bounded(outcome.words())));
    }
    return new DossierEntry(
        ended.message().organization(),
        claim.message(),
        DossierKind.ATTEMPT,
        new AttemptFacts(
            claim.attempt().value(),
            claim.attemptNumber(),
            claim.account() == null ? null : claim.account().value(),
            ended.way().transport(),
            ended.way().server(),
            sent == null ? null : sent.sha256(),
            sent == null ? null : sent.size(),
            results));
  }

  private static final Map<RecipientStatus, DossierKind> WITHOUT_ATTEMPT =
      Map.of(
          RecipientStatus.EXPIRED, DossierKind.EXPIRED,
          RecipientStatus.FAILED, DossierKind.REFUSED,
          RecipientStatus.SENT, DossierKind.ATTEMPT,
          RecipientStatus.HELD, DossierKind.ATTEMPT);

  /**
   * What changed without an attempt: it expired, recipients are suppressed, or after a restore it
   * was found in the Sent folder or is held.
   */
  static Stream<DossierEntry> withoutAttempt(SendEvents.Result ended) {
    List<Result> results =
        ended.changes().stream()
            .filter(change -> WITHOUT_ATTEMPT.containsKey(change.state()))
            .map(
                change ->
                    new Result(
                        change.address().value(),
                        change.state().word(),
                        change.code(),
                        bounded(change.diagnostic())))
            .toList();
    if (results.isEmpty()) {
      return Stream.empty();
    }
    return Stream.of(
        new DossierEntry(
            ended.message().organization(),
            ended.message().id(),
            WITHOUT_ATTEMPT.get(RecipientStatus.of(results.get(0).outcome())),
            Map.of("attempt", ended.attempt().value(), "results", results)));
  }

  private static @Nullable String bounded(@Nullable String words) {
    return words == null || words.length() <= MAX_WORDS ? words : words.substring(0, MAX_WORDS);
  }
}
