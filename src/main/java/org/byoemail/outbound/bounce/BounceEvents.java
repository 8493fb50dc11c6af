package org.byoemail.outbound.bounce;

import java.util.List;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.report.Complaint;
import org.byoemail.outbound.delivery.ReportableAttempt;
import org.byoemail.outbound.delivery.ReportableAttempts;
import org.byoemail.platform.event.EventData;
import org.byoemail.platform.event.EventData.MessageComplained;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.byoemail.platform.trace.TracePropagation;
import org.springframework.stereotype.Component;

/** Publishes what a report has changed. */
@Component
class BounceEvents {
  private final Events events;
  private final ReportableAttempts attempts;
  private final TracePropagation traces;

  BounceEvents(Events events, ReportableAttempts attempts, TracePropagation traces) {
    this.events = events;
    this.attempts = attempts;
    this.traces = traces;
  }

  /** Publishes the recipients that failed; a no-op without any. */
  void bounced(
      ReportMatching.Match match, BounceRows.Received received, List<MatchedRecipient> findings) {
    if (!findings.isEmpty()) {
      record(
          match,
          received,
          new EventData.MessageBounced(
              source(match, received),
              attempts.status(match.sent().message()).word(),
              received.report().reportingMta().orElse(null),
              findings.stream().map(BounceEvents::recipient).toList()));
    }
  }

  /** Publishes the recipients that were delivered; a no-op without any. */
  void delivered(
      ReportMatching.Match match, BounceRows.Received received, List<MatchedRecipient> findings) {
    if (!findings.isEmpty()) {
      record(
          match,
          received,
          new EventData.MessageDelivered(
              source(match, received),
              attempts.status(match.sent().message()).word(),
              received.report().reportingMta().orElse(null),
              findings.stream().map(BounceEvents::recipient).toList()));
    }
  }

  /**
   * Publishes a complaint about a message.
   *
   * @param by who complained, as far as that is known
   */
  void complained(ReportMatching.Match match, BounceRows.Received received, List<EmailAddress> by) {
    record(
        match,
        received,
        new MessageComplained(
            source(match, received),
            received.report().complaint().map(Complaint::type).orElse(null),
            by.stream()
                .map(address -> new MessageComplained.Complainant(address.value()))
                .toList()));
  }

  private void record(ReportMatching.Match match, BounceRows.Received received, EventData data) {
    ReportableAttempt sent = match.sent();
    AccountId account = received.origin().account();
    events.record(
        new NewEvent(
            sent.organization(),
            sent.message().value(),
            account == null ? null : account.value(),
            data,
            traces.current()));
  }

  private static EventData.ReportSource source(
      ReportMatching.Match match, BounceRows.Received received) {
    return new EventData.ReportSource(
        match.sent().submissionId(),
        match.sent().attempt().value(),
        match.by().word(),
        received.origin().inboundMail(),
        match.sent().metadata());
  }

  private static EventData.ReportedRecipient recipient(MatchedRecipient matched) {
    ReportMatching.RecipientMatch match = matched.match();
    if (match == null || matched.reported() == null) {
      throw new IllegalArgumentException("only a recipient that a report changed is published");
    }
    return new EventData.ReportedRecipient(
        match.address().value(),
        match.how().word(),
        matched.isDelivered() ? "delivered" : "failed",
        matched.status(),
        matched.diagnostic(),
        matched.reason(),
        matched.isPermanent());
  }
}
