package org.byoemail.bounce;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.byoemail.mail.AccountId;
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
  private final ReportEffects effects;
  private final BounceRows rows;
  private final BounceCounts counts;

  BounceRecorder(
      ReportMatching matching, ReportEffects effects, BounceRows rows, BounceCounts counts) {
    this.matching = matching;
    this.effects = effects;
    this.rows = rows;
    this.counts = counts;
  }

  /**
   * Records what a mail says of one that was sent, in the transaction of the caller; of any other
   * mail, nothing.
   *
   * @param inboundMail the row of the mail that it came in
   * @param account the account that received it
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(Classification report, UUID inboundMail, AccountId account) {
    if (!report.isAboutSentMail()) {
      return;
    }
    BounceRows.Told told = new BounceRows.Told(report, inboundMail, account);
    ReportMatching.Match match = matching.find(report, account).orElse(null);
    List<Finding> findings = ReportMatching.findings(report, match);
    Set<UUID> changed = Set.of();
    if (match != null && report.isReport()) {
      changed = effects.apply(match, told, findings);
    } else if (match != null && report.kind() == MailKind.ARF) {
      effects.complained(match, told, findings);
    }
    for (Finding finding : findings) {
      rows.store(told, finding, match, changed.contains(finding.id()));
    }
    counts.count(report, findings, match);
  }
}
