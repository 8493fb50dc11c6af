package org.byoemail.outbound.bounce;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.platform.dossier.DossierEntry;
import org.byoemail.platform.dossier.DossierKind;
import org.jspecify.annotations.Nullable;

/**
 * What the dossier of a message says of a report.
 *
 * @param kind such as {@code dsn}
 * @param inboundMail the mail that it came in; null if it came in none
 * @param matchedBy how the attempt was found
 * @param reportingMta null if the report does not say
 */
record ReportFacts(
    String kind,
    UUID attempt,
    @Nullable UUID inboundMail,
    String matchedBy,
    @Nullable String reportingMta,
    List<Recipient> recipients) {
  private static final int MAX_RECIPIENTS = 100;
  private static final int MAX_WORDS = 1000;

  /**
   * What it says of a recipient.
   *
   * @param changed whether it changed the recipient's state
   */
  record Recipient(
      UUID bounce,
      @Nullable String address,
      @Nullable String action,
      @Nullable String status,
      @Nullable String reason,
      @Nullable String diagnostic,
      boolean changed) {}

  static DossierEntry entry(
      BounceRows.Received received,
      ReportMatching.Match match,
      List<MatchedRecipient> recipients,
      Set<UUID> changed) {
    ReportFacts facts =
        new ReportFacts(
            received.report().kind().word(),
            match.sent().attempt().value(),
            received.origin().inboundMail(),
            match.by().word(),
            received.report().reportingMta().map(ReportFacts::bounded).orElse(null),
            recipients.stream()
                .limit(MAX_RECIPIENTS)
                .map(one -> recipient(one, changed.contains(one.id())))
                .toList());
    return new DossierEntry(
        match.sent().organization(), match.sent().message(), DossierKind.REPORT, facts);
  }

  private static Recipient recipient(MatchedRecipient one, boolean changed) {
    return new Recipient(
        one.id(),
        one.match() == null
            ? one.named().map(EmailAddress::value).orElse(null)
            : one.match().address().value(),
        one.reported() == null ? null : one.reported().action().word(),
        one.status(),
        one.reason(),
        bounded(one.diagnostic()),
        changed);
  }

  private static @Nullable String bounded(@Nullable String words) {
    return words == null || words.length() <= MAX_WORDS ? words : words.substring(0, MAX_WORDS);
  }
}
