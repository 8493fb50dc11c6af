package org.byoemail.outbound.bounce;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.MailKind;
import org.byoemail.outbound.delivery.DeliveryLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes what a report, a complaint or a receipt tells. It touches only what left through the
 * account that it arrived in, or through one that has its reports sent there; what it says of
 * anything else is kept and shown, and changes no state. A delay is kept too, and never lowers a
 * state.
 */
@Component("bounceRecorder")
public class BounceRecorder {
  private final ReportMatching matching;
  private final DeliveryLifecycle deliveries;
  private final ReportEffects effects;
  private final BounceRows rows;
  private final BounceCounts counts;

  BounceRecorder(
      ReportMatching matching,
      DeliveryLifecycle deliveries,
      ReportEffects effects,
      BounceRows rows,
      BounceCounts counts) {
    this.matching = matching;
    this.deliveries = deliveries;
    this.effects = effects;
    this.rows = rows;
    this.counts = counts;
  }

  /**
   * Begins to record several reports in one transaction, that of the caller: locks their messages
   * in the order that also sending locks them in, so that neither waits for the other in a circle.
   *
   * @param account the account that received them
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void begin(List<Classification> reports, AccountId account) {
    if (reports.size() > 1) {
      deliveries.lock(
          reports.stream()
              .flatMap(report -> matching.find(report, account).stream())
              .map(match -> match.sent().message())
              .collect(Collectors.toSet()));
    }
  }

  /**
   * Records what a mail says of one that was sent, in the transaction of the caller; of any other
   * mail, nothing.
   *
   * @param inboundMail the row of the mail that it came in
   * @param account the account that received it
   * @param provenSender who is known to have written it; empty: anyone may have
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(
      Classification report,
      UUID inboundMail,
      AccountId account,
      Optional<EmailAddress> provenSender) {
    if (!report.isAboutSentMail()) {
      return;
    }
    BounceRows.Received received =
        new BounceRows.Received(report, inboundMail, account, provenSender);
    ReportMatching.Match match = matching.find(report, account).orElse(null);
    List<MatchedRecipient> findings = ReportMatching.findings(report, match);
    Set<UUID> changed = Set.of();
    if (match != null && report.isReport()) {
      changed = effects.apply(match, received, findings);
    } else if (match != null && report.kind() == MailKind.ARF) {
      effects.complained(match, received, findings);
    }
    for (MatchedRecipient matched : findings) {
      rows.store(received, matched, match, changed.contains(matched.id()));
    }
    counts.count(report, findings, match);
  }
}
