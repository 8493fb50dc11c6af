package org.byoemail.outbound.bounce;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.MailKind;
import org.byoemail.outbound.delivery.DeliveryLifecycle;
import org.byoemail.outbound.delivery.ReportableAttempt;
import org.byoemail.platform.dossier.Dossier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Records reports, complaints and receipts. They change only what was sent through the account that
 * they arrived in, or through one whose bounce account that is; what they say of anything else is
 * stored and shown, and changes no state. A delay is stored too, and never lowers a state.
 */
@Component("bounceRecorder")
public class BounceRecorder {
  private final ReportMatching matching;
  private final DeliveryLifecycle deliveries;
  private final ReportEffects effects;
  private final BounceRows rows;
  private final BounceCounts counts;
  private final Dossier dossier;

  BounceRecorder(
      ReportMatching matching,
      DeliveryLifecycle deliveries,
      ReportEffects effects,
      BounceRows rows,
      BounceCounts counts,
      Dossier dossier) {
    this.matching = matching;
    this.deliveries = deliveries;
    this.effects = effects;
    this.rows = rows;
    this.counts = counts;
    this.dossier = dossier;
  }

  /** The attempts that the reports of a batch are about. */
  public static final class Matches {
    private final Map<Classification, Optional<ReportMatching.Match>> found =
        new IdentityHashMap<>();

    private Matches() {}

    private Set<StoredMessageId> messages() {
      return found.values().stream()
          .flatMap(Optional::stream)
          .map(match -> match.sent().message())
          .collect(Collectors.toSet());
    }

    private ReportMatching.@Nullable Match of(Classification report) {
      Optional<ReportMatching.Match> match = found.get(report);
      if (match == null) {
        throw new IllegalStateException(report + " was not matched");
      }
      return match.orElse(null);
    }
  }

  /**
   * Finds the attempts that reports are about, before they are recorded in the caller's
   * transaction. The messages of several reports are locked in the order that sending locks them
   * in, so that there is no deadlock.
   *
   * @param account the account that received them
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Matches match(List<Classification> reports, AccountId account) {
    Matches matches = new Matches();
    reports.stream()
        .filter(Classification::isAboutSentMail)
        .forEach(report -> matches.found.put(report, matching.find(report, account)));
    if (reports.size() > 1) {
      deliveries.lock(matches.messages());
    }
    return matches;
  }

  /**
   * Records what a mail says of one that was sent, in the transaction of the caller. Ignores any
   * other mail.
   *
   * @param matches the matches of its batch
   * @param inboundMail the id of the mail that it came in
   * @param account the account that received it
   * @param provenSender the authenticated sender of that mail; empty if unauthenticated
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(
      Matches matches,
      Classification report,
      UUID inboundMail,
      AccountId account,
      Optional<EmailAddress> provenSender) {
    if (!report.isAboutSentMail()) {
      return;
    }
    record(
        new BounceRows.Received(
            report, new ReportOrigin.Mailbox(inboundMail, account, provenSender)),
        matches.of(report));
  }

  /**
   * Records what a provider reports of a message that it sent, in the transaction of the caller.
   *
   * @return false if it was recorded before
   */
  @Transactional(propagation = Propagation.MANDATORY)
  boolean record(Classification report, ReportOrigin.Provider origin, ReportableAttempt sent) {
    // Before the lookup: the provider may repeat a report while it is being recorded.
    deliveries.lock(Set.of(sent.message()));
    if (rows.isKnown(origin.reportId())) {
      return false;
    }
    record(
        new BounceRows.Received(report, origin),
        new ReportMatching.Match(sent, ReportMatching.MatchedBy.PROVIDER));
    return true;
  }

  private void record(BounceRows.Received received, ReportMatching.@Nullable Match match) {
    Classification report = received.report();
    List<MatchedRecipient> recipients = ReportMatching.recipients(report, match);
    Set<UUID> changed = Set.of();
    if (match != null && (report.isReport() || report.isRefusal())) {
      changed = effects.apply(match, received, recipients);
    } else if (match != null && report.kind() == MailKind.ARF) {
      effects.complained(match, received, recipients);
    }
    for (MatchedRecipient matched : recipients) {
      rows.store(received, matched, match, changed.contains(matched.id()));
    }
    if (match != null) {
      dossier.record(ReportFacts.entry(received, match, recipients, changed));
    }
    counts.count(report, recipients, match);
  }
}
