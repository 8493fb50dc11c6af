package org.byoemail.outbound.bounce;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.report.Complaint;
import org.byoemail.format.report.ReportStrength;
import org.byoemail.format.report.ReportedRecipient;
import org.byoemail.outbound.delivery.DeliveryLifecycle;
import org.byoemail.outbound.delivery.ReportableAttempt;
import org.byoemail.outbound.delivery.ReportedResult;
import org.byoemail.outbound.suppression.SuppressionEvidence;
import org.byoemail.outbound.suppression.SuppressionReason;
import org.byoemail.outbound.suppression.SuppressionSource;
import org.byoemail.outbound.suppression.Suppressions;
import org.springframework.stereotype.Component;

/**
 * What a report changes: the states of attempts and recipients, the suppression list, and events.
 * An address is suppressed only for a permanent failure of the address itself, and only if the
 * report is structured and names the recipient and the attempt. Each recipient of a message knows
 * the others and the attempt: of several, only one in the domain of the authenticated sender of the
 * report is suppressed.
 */
@Component
class ReportEffects {
  private final DeliveryLifecycle deliveries;
  private final Suppressions suppressions;
  private final BounceEvents events;

  ReportEffects(DeliveryLifecycle deliveries, Suppressions suppressions, BounceEvents events) {
    this.deliveries = deliveries;
    this.suppressions = suppressions;
    this.events = events;
  }

  /**
   * Applies a delivery report.
   *
   * @return the bounces that changed the state of a recipient
   */
  Set<UUID> apply(
      ReportMatching.Match match, BounceRows.Received received, List<MatchedRecipient> recipients) {
    Map<EmailAddress, MatchedRecipient> settled = settled(recipients);
    List<ReportedResult> results =
        settled.entrySet().stream().map(e -> result(e.getKey(), e.getValue())).toList();
    List<MatchedRecipient> changed =
        results.isEmpty()
            ? List.of()
            : deliveries.report(match.sent(), results).stream()
                .map(result -> Objects.requireNonNull(settled.get(result.address())))
                .toList();
    if (isStrong(match, received)) {
      changed.forEach(matched -> suppress(match.sent(), received, matched));
    }
    events.bounced(match, received, only(changed, false));
    events.delivered(match, received, only(changed, true));
    return changed.stream().map(MatchedRecipient::id).collect(Collectors.toSet());
  }

  /** Applies a complaint: the mail was delivered, so no state changes. */
  void complained(
      ReportMatching.Match match, BounceRows.Received received, List<MatchedRecipient> recipients) {
    Map<EmailAddress, MatchedRecipient> by = new TreeMap<>();
    for (MatchedRecipient matched : recipients) {
      if (matched.match() != null) {
        by.putIfAbsent(matched.match().address(), matched);
      }
    }
    boolean unwanted = received.report().complaint().filter(Complaint::isUnwanted).isPresent();
    if (unwanted && isStrong(match, received)) {
      by.forEach(
          (address, matched) -> {
            if (maySuppress(match.sent(), received, address)) {
              suppressions.suppress(
                  match.sent().organization(),
                  address,
                  SuppressionReason.COMPLAINT,
                  evidence(SuppressionSource.COMPLAINT, match.sent(), address, matched));
            }
          });
    }
    if (unwanted) {
      events.complained(match, received, List.copyOf(by.keySet()));
    }
  }

  /**
   * Whether report and match are certain enough to suppress an address. What the filter of a
   * mailbox refused says nothing of the address.
   */
  private static boolean isStrong(ReportMatching.Match match, BounceRows.Received received) {
    return match.isStrong()
        && received.report().strength() == ReportStrength.STRUCTURED
        && !received.report().isRefusal();
  }

  /** If a report names a recipient more than once, the failure counts. */
  private static Map<EmailAddress, MatchedRecipient> settled(List<MatchedRecipient> recipients) {
    Map<EmailAddress, MatchedRecipient> settled = new LinkedHashMap<>();
    recipients.stream()
        .filter(MatchedRecipient::isFinal)
        .sorted(
            Comparator.comparing(MatchedRecipient::isDelivered)
                .thenComparing(one -> Objects.requireNonNull(one.match()).address()))
        .forEach(one -> settled.putIfAbsent(Objects.requireNonNull(one.match()).address(), one));
    return settled;
  }

  private static ReportedResult result(EmailAddress address, MatchedRecipient matched) {
    return new ReportedResult(
        address, matched.isDelivered(), matched.status(), matched.diagnostic());
  }

  private void suppress(
      ReportableAttempt sent, BounceRows.Received received, MatchedRecipient matched) {
    ReportMatching.RecipientMatch match = Objects.requireNonNull(matched.match());
    ReportedRecipient reported = Objects.requireNonNull(matched.reported());
    boolean aboutTheAddress =
        switch (reported.reason()) {
          case NO_SUCH_USER, NO_SUCH_HOST, OTHER -> reported.isPermanent();
          default -> false;
        };
    // A mail that was forwarded failed at another address than the one it was sent to.
    if (aboutTheAddress
        && match.how() != ReportMatching.RecipientMatchedBy.INFERRED
        && maySuppress(sent, received, match.address())) {
      suppressions.suppressIfPermanent(
          sent.organization(),
          match.address(),
          evidence(SuppressionSource.BOUNCE, sent, match.address(), matched));
    }
  }

  private static boolean maySuppress(
      ReportableAttempt sent, BounceRows.Received received, EmailAddress address) {
    return sent.recipients().size() == 1 || received.origin().speaksFor(address);
  }

  private static SuppressionEvidence evidence(
      SuppressionSource source,
      ReportableAttempt sent,
      EmailAddress address,
      MatchedRecipient matched) {
    return new SuppressionEvidence(
        source,
        sent.message(),
        sent.attemptOf(address),
        matched.id(),
        matched.status(),
        matched.diagnostic());
  }

  private static List<MatchedRecipient> only(List<MatchedRecipient> recipients, boolean delivered) {
    return recipients.stream().filter(matched -> matched.isDelivered() == delivered).toList();
  }
}
