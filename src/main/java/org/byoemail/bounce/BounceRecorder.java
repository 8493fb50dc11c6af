package org.byoemail.bounce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.event.EventType;
import org.byoemail.event.Events;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.EnhancedStatus;
import org.byoemail.outbound.Attempts;
import org.byoemail.outbound.ReportedResult;
import org.byoemail.outbound.SentMail;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes what a delivery report tells. It touches only what left through the account that it
 * arrived in; what it says of anything else is kept and shown, and changes no state. A delay is
 * kept too, and never lowers a state.
 */
@Component("bounceRecorder")
public class BounceRecorder {
  private final ReportMatching matching;
  private final Attempts attempts;
  private final BounceRows rows;
  private final Events events;

  BounceRecorder(ReportMatching matching, Attempts attempts, BounceRows rows, Events events) {
    this.matching = matching;
    this.attempts = attempts;
    this.rows = rows;
    this.events = events;
  }

  /**
   * Records a report in the transaction of the caller.
   *
   * @param inboundMail the row of the mail that it came in
   * @param account the account that received it
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(Classification report, UUID inboundMail, AccountId account) {
    ReportMatching.Match match = matching.find(report, account).orElse(null);
    List<ReportedResult> results = new ArrayList<>();
    for (ReportedRecipient recipient : report.recipients()) {
      ReportMatching.RecipientMatch found =
          match == null ? null : match.recipient(report, recipient);
      rows.store(inboundMail, account, report, recipient, match, found);
      if (found != null && recipient.action().isFinal()) {
        results.add(
            new ReportedResult(
                found.address(),
                recipient.action() == ReportAction.DELIVERED,
                recipient.status().map(EnhancedStatus::toString).orElse(null),
                recipient.diagnostic().isBlank() ? null : recipient.diagnostic()));
      }
    }
    if (match != null && !results.isEmpty()) {
      apply(match.sent(), results, report, account);
    }
  }

  private void apply(
      SentMail sent, List<ReportedResult> results, Classification report, AccountId account) {
    List<ReportedResult> changed = attempts.reported(sent, results);
    tell(EventType.MESSAGE_BOUNCED, sent, only(changed, false), report, account);
    tell(EventType.MESSAGE_DELIVERED, sent, only(changed, true), report, account);
  }

  private void tell(
      EventType type,
      SentMail sent,
      List<ReportedResult> results,
      Classification report,
      AccountId account) {
    if (results.isEmpty()) {
      return;
    }
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("status", attempts.status(sent.message()).word());
    data.put("attemptId", sent.attempt().toString());
    data.put("reportingMta", report.reportingMta().orElse(null));
    data.put("recipients", results.stream().map(BounceRecorder::shown).toList());
    data.put("metadata", sent.metadata());
    events.record(type, sent.organization(), sent.message(), account.value(), data);
  }

  private static Map<String, @Nullable Object> shown(ReportedResult result) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("address", result.address().value());
    shown.put("status", result.delivered() ? "delivered" : "failed");
    shown.put("enhancedStatus", result.enhancedStatus());
    shown.put("diagnostic", result.diagnostic());
    return shown;
  }

  private static List<ReportedResult> only(List<ReportedResult> results, boolean delivered) {
    return results.stream().filter(result -> result.delivered() == delivered).toList();
  }
}
