package org.byoemail.bounce;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.event.EventType;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.EnhancedStatus;
import org.byoemail.outbound.Attempts;
import org.byoemail.outbound.ReportedResult;
import org.byoemail.outbound.SentMail;
import org.byoemail.suppression.SuppressionEvidence;
import org.byoemail.suppression.SuppressionReason;
import org.byoemail.suppression.SuppressionSource;
import org.byoemail.suppression.Suppressions;
import org.springframework.stereotype.Component;

/**
 * What a report changes: the states of attempts and recipients, the suppression list, and what the
 * platform is told. Only what is about the address for good suppresses it, and only where the
 * report was made for machines and names the recipient and the very attempt. Each recipient of a
 * message knows the others and the attempt: of several, only one in the domain that is proven to
 * report is suppressed.
 */
@Component
class ReportEffects {
  private final Attempts attempts;
  private final Suppressions suppressions;
  private final BounceEvents events;

  ReportEffects(Attempts attempts, Suppressions suppressions, BounceEvents events) {
    this.attempts = attempts;
    this.suppressions = suppressions;
    this.events = events;
  }

  /**
   * Applies a delivery report.
   *
   * @return the bounces that changed the state of a recipient
   */
  Set<UUID> apply(ReportMatching.Match match, BounceRows.Told told, List<Finding> findings) {
    Map<EmailAddress, Finding> settled = settled(findings);
    List<ReportedResult> results =
        settled.entrySet().stream().map(e -> result(e.getKey(), e.getValue())).toList();
    List<Finding> changed =
        results.isEmpty()
            ? List.of()
            : attempts.reported(match.sent(), results).stream()
                .map(result -> Objects.requireNonNull(settled.get(result.address())))
                .toList();
    if (told.report().strength() == Strength.STRUCTURED && match.isStrong()) {
      changed.forEach(finding -> suppress(match.sent(), told, finding));
    }
    events.tell(EventType.MESSAGE_BOUNCED, match, told, only(changed, false));
    events.tell(EventType.MESSAGE_DELIVERED, match, told, only(changed, true));
    return changed.stream().map(Finding::id).collect(Collectors.toSet());
  }

  /** Applies a complaint: the mail was delivered, so no state changes. */
  void complained(ReportMatching.Match match, BounceRows.Told told, List<Finding> findings) {
    Map<EmailAddress, Finding> by = new TreeMap<>();
    for (Finding finding : findings) {
      if (finding.match() != null) {
        by.putIfAbsent(finding.match().address(), finding);
      }
    }
    boolean unwanted = told.report().complaint().filter(Complaint::isUnwanted).isPresent();
    if (unwanted && match.isStrong() && told.report().strength() == Strength.STRUCTURED) {
      by.forEach(
          (address, finding) -> {
            if (maySuppress(match.sent(), told, address)) {
              suppressions.suppress(
                  match.sent().organization(),
                  address,
                  SuppressionReason.COMPLAINT,
                  evidence(SuppressionSource.COMPLAINT, match.sent(), address, finding));
            }
          });
    }
    if (unwanted) {
      events.complained(match, told, List.copyOf(by.keySet()));
    }
  }

  /** Where a report speaks of a recipient more than once, what failed counts. */
  private static Map<EmailAddress, Finding> settled(List<Finding> findings) {
    Map<EmailAddress, Finding> settled = new LinkedHashMap<>();
    findings.stream()
        .filter(Finding::isFinal)
        .sorted(
            Comparator.comparing(Finding::isDelivered)
                .thenComparing(one -> Objects.requireNonNull(one.match()).address()))
        .forEach(one -> settled.putIfAbsent(Objects.requireNonNull(one.match()).address(), one));
    return settled;
  }

  private static ReportedResult result(EmailAddress address, Finding finding) {
    ReportedRecipient reported = Objects.requireNonNull(finding.reported());
    return new ReportedResult(
        address,
        finding.isDelivered(),
        reported.status().map(EnhancedStatus::toString).orElse(null),
        reported.diagnostic().isBlank() ? null : reported.diagnostic());
  }

  private void suppress(SentMail sent, BounceRows.Told told, Finding finding) {
    ReportMatching.RecipientMatch match = Objects.requireNonNull(finding.match());
    ReportedRecipient reported = Objects.requireNonNull(finding.reported());
    boolean aboutTheAddress =
        switch (reported.reason()) {
          case NO_SUCH_USER, NO_SUCH_HOST, OTHER -> reported.isPermanent();
          default -> false;
        };
    // A mail that was forwarded failed at another address than the one it was sent to.
    if (aboutTheAddress
        && match.how() != ReportMatching.How.INFERRED
        && maySuppress(sent, told, match.address())) {
      suppressions.suppressIfPermanent(
          sent.organization(),
          match.address(),
          evidence(SuppressionSource.BOUNCE, sent, match.address(), finding));
    }
  }

  private static boolean maySuppress(SentMail sent, BounceRows.Told told, EmailAddress address) {
    return sent.recipients().size() == 1
        || told.provenSender().filter(by -> isSameOrWithin(by, address)).isPresent();
  }

  /** Whether one of the two domains is that of the other, or lies within it. */
  private static boolean isSameOrWithin(EmailAddress one, EmailAddress other) {
    String first = "." + one.domain();
    String second = "." + other.domain();
    boolean nameless = first.lastIndexOf('.') == 0 || second.lastIndexOf('.') == 0;
    return first.equals(second) || !nameless && (first.endsWith(second) || second.endsWith(first));
  }

  private static SuppressionEvidence evidence(
      SuppressionSource source, SentMail sent, EmailAddress address, Finding finding) {
    ReportedRecipient reported = finding.reported();
    return new SuppressionEvidence(
        source,
        sent.message(),
        sent.attemptOf(address),
        finding.id(),
        reported == null ? null : reported.status().map(EnhancedStatus::toString).orElse(null),
        reported == null || reported.diagnostic().isBlank() ? null : reported.diagnostic());
  }

  private static List<Finding> only(List<Finding> findings, boolean delivered) {
    return findings.stream().filter(finding -> finding.isDelivered() == delivered).toList();
  }
}
