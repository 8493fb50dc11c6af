package org.byoemail.bounce;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.event.EventType;
import org.byoemail.event.Events;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.EnhancedStatus;
import org.byoemail.outbound.Attempts;
import org.byoemail.outbound.SentMail;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells the platform what a report has changed. */
@Component
class BounceEvents {
  private final Events events;
  private final Attempts attempts;

  BounceEvents(Events events, Attempts attempts) {
    this.events = events;
    this.attempts = attempts;
  }

  /** Tells of those that failed, or of those that were delivered; of none, nothing. */
  void tell(
      EventType type, ReportMatching.Match match, BounceRows.Told told, List<Finding> findings) {
    if (findings.isEmpty()) {
      return;
    }
    SentMail sent = match.sent();
    Map<String, @Nullable Object> data = data(match, told);
    data.put("status", attempts.status(sent.message()).word());
    data.put("reportingMta", told.report().reportingMta().orElse(null));
    data.put("recipients", findings.stream().map(BounceEvents::shown).toList());
    events.record(type, sent.organization(), sent.message(), told.account().value(), data);
  }

  /**
   * Tells that somebody complained about a message.
   *
   * @param by who it was, as far as that is known
   */
  void complained(ReportMatching.Match match, BounceRows.Told told, List<EmailAddress> by) {
    SentMail sent = match.sent();
    Map<String, @Nullable Object> data = data(match, told);
    data.put("type", told.report().complaint().map(Complaint::type).orElse(null));
    data.put("recipients", by.stream().map(address -> Map.of("address", address.value())).toList());
    AccountId account = told.account();
    events.record(
        EventType.MESSAGE_COMPLAINED, sent.organization(), sent.message(), account.value(), data);
  }

  private static Map<String, @Nullable Object> data(
      ReportMatching.Match match, BounceRows.Told told) {
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("attemptId", match.sent().attempt().toString());
    data.put("matchedBy", match.by().word());
    data.put("inboundMailId", told.inboundMail().toString());
    data.put("metadata", match.sent().metadata());
    return data;
  }

  private static Map<String, @Nullable Object> shown(Finding finding) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    ReportMatching.RecipientMatch match = finding.match();
    ReportedRecipient reported = finding.reported();
    if (match == null || reported == null) {
      throw new IllegalArgumentException("only what changed a recipient is told");
    }
    boolean delivered = finding.isDelivered();
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
