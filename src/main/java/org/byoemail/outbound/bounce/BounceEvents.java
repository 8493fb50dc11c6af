package org.byoemail.outbound.bounce;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;
import org.byoemail.format.report.Complaint;
import org.byoemail.format.report.ReportedRecipient;
import org.byoemail.outbound.delivery.ReportableAttempt;
import org.byoemail.outbound.delivery.ReportableAttempts;
import org.byoemail.platform.event.EventType;
import org.byoemail.platform.event.Events;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells the platform what a report has changed. */
@Component
class BounceEvents {
  private final Events events;
  private final ReportableAttempts attempts;

  BounceEvents(Events events, ReportableAttempts attempts) {
    this.events = events;
    this.attempts = attempts;
  }

  /** Tells of those that failed, or of those that were delivered; of none, nothing. */
  void publish(
      EventType type,
      ReportMatching.Match match,
      BounceRows.Received received,
      List<MatchedRecipient> findings) {
    if (findings.isEmpty()) {
      return;
    }
    ReportableAttempt sent = match.sent();
    Map<String, @Nullable Object> data = data(match, received);
    data.put("status", attempts.status(sent.message()).word());
    data.put("reportingMta", received.report().reportingMta().orElse(null));
    data.put("recipients", findings.stream().map(BounceEvents::shown).toList());
    events.record(type, sent.organization(), sent.message(), received.account().value(), data);
  }

  /**
   * Tells that somebody complained about a message.
   *
   * @param by who it was, as far as that is known
   */
  void complained(ReportMatching.Match match, BounceRows.Received received, List<EmailAddress> by) {
    ReportableAttempt sent = match.sent();
    Map<String, @Nullable Object> data = data(match, received);
    data.put("type", received.report().complaint().map(Complaint::type).orElse(null));
    data.put("recipients", by.stream().map(address -> Map.of("address", address.value())).toList());
    AccountId account = received.account();
    events.record(
        EventType.MESSAGE_COMPLAINED, sent.organization(), sent.message(), account.value(), data);
  }

  private static Map<String, @Nullable Object> data(
      ReportMatching.Match match, BounceRows.Received received) {
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("attemptId", match.sent().attempt().toString());
    data.put("matchedBy", match.by().word());
    data.put("inboundMailId", received.inboundMail().toString());
    data.put("metadata", match.sent().metadata());
    return data;
  }

  private static Map<String, @Nullable Object> shown(MatchedRecipient matched) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    ReportMatching.RecipientMatch match = matched.match();
    ReportedRecipient reported = matched.reported();
    if (match == null || reported == null) {
      throw new IllegalArgumentException("only what changed a recipient is told");
    }
    boolean delivered = matched.isDelivered();
    shown.put("address", match.address().value());
    shown.put("recipientMatch", match.how().word());
    shown.put("status", delivered ? "delivered" : "failed");
    shown.put("enhancedStatus", reported.status().map(EnhancedStatus::toString).orElse(null));
    shown.put("diagnostic", reported.diagnostic().isBlank() ? null : reported.diagnostic());
    shown.put("reason", delivered ? null : reported.reason().word());
    shown.put("permanent", !delivered && reported.isPermanent());
    return shown;
  }
}
