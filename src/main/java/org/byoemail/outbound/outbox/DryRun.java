package org.byoemail.outbound.outbox;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.outbound.delivery.SendingGates;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.provenance.Origin;
import org.byoemail.outbound.provenance.Provenance;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionConflict;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Says what would become of a submission: each gate in the order in which its mail would reach it.
 * Stores and consumes nothing. Safe for use by many threads.
 */
@Component
public class DryRun {
  private final Submissions submissions;
  private final WaitingReasons waiting;
  private final SendingGates gates;
  private final Provenance provenance;
  private final Clock clock;

  DryRun(
      Submissions submissions,
      WaitingReasons waiting,
      SendingGates gates,
      Provenance provenance,
      Clock clock) {
    this.provenance = provenance;
    this.submissions = submissions;
    this.waiting = waiting;
    this.gates = gates;
    this.clock = clock;
  }

  /**
   * The result.
   *
   * @param outcome {@code send}, {@code wait}, {@code review}, {@code refuse}, or {@code replay} if
   *     its id was accepted before
   * @param messageId the message of a replay
   */
  @Schema(name = "DryRun")
  public record Result(
      @Schema(allowableValues = {"send", "wait", "review", "refuse", "replay"}) String outcome,
      @Nullable UUID messageId,
      List<Gate> gates) {

    /** A copy of the list is kept. */
    public Result {
      gates = List.copyOf(gates);
    }
  }

  /**
   * Tries a submission.
   *
   * @throws SubmissionRejected if it would not be accepted as it is
   * @throws SubmissionConflict if its id was used for another one
   */
  public Result of(SubmissionSource source, Submission submission) {
    Submissions.Checked checked = submissions.check(source, submission);
    List<Gate> passed = new ArrayList<>();
    passed.add(Gate.pass("submission", null));
    if (checked.earlier() != null) {
      passed.add(Gate.pass("id", "was accepted before: nothing is sent again"));
      return new Result("replay", checked.earlier().value(), passed);
    }
    checked.gates().decisions().stream().map(Gate::of).forEach(passed::add);
    Set<EmailAddress> recipients = recipients(submission);
    Instant now = clock.instant();
    passed.add(
        checked.dueAt().isAfter(now)
            ? Gate.wait("schedule", "is to leave at sendAt", checked.dueAt())
            : Gate.pass("schedule", null));
    passed.add(account(checked));
    if (checked.account() != null) {
      Duration wait = gates.wait(checked.account(), recipients.size());
      passed.add(
          wait.isZero()
              ? Gate.pass("limit", null)
              : Gate.wait("limit", "a sending limit of the account is used up", now.plus(wait)));
    }
    Map<EmailAddress, String> refused =
        gates.refused(checked.organization(), checked.endpoint(), recipients);
    Map<EmailAddress, Origin> origins =
        provenance.of(
            new Provenance.Query(checked.agent(), checked.conversation(), null, recipients));
    for (EmailAddress recipient : recipients) {
      String reason = refused.get(recipient);
      passed.add(
          reason == null
              ? new Gate(
                  "recipient", "pass", recipient.value(), origin(origins.get(recipient)), null)
              : Gate.refuse("recipient", recipient.value(), reason));
    }
    return new Result(
        outcome(passed, refused.size() == recipients.size(), checked.gates().strictest()),
        null,
        passed);
  }

  private static String origin(Origin origin) {
    return origin.word() + ": it " + origin.explanation();
  }

  private Gate account(Submissions.Checked checked) {
    Optional<WaitingReason> waits = waiting.ofNew(checked.endpoint(), checked.account());
    boolean carried = gates.isCarriedWithoutAccount(checked.organization(), checked.from());
    if (waits.isPresent() && waits.get().reason().equals(WaitingReasons.NOT_USED) && carried) {
      return Gate.pass("account", "is not used: a transport of the platform carries its mail");
    }
    if (waits.isPresent()) {
      return Gate.wait(
          waits.get().reason(), waits.get().explanation(), waits.get().nextAttemptAt());
    }
    if (checked.account() != null || carried) {
      return Gate.pass("account", checked.account() == null ? "a transport of the platform" : null);
    }
    return Gate.refuse(
        "account", null, "there is no account, and no other transport, for mail of this address");
  }

  private static String outcome(
      List<Gate> gates, boolean reachesNobody, GateDecision.Result decided) {
    if (reachesNobody
        || decided == GateDecision.Result.REFUSE
        || gates.stream()
            .anyMatch(one -> one.gate().equals("account") && one.result().equals("refuse"))) {
      return "refuse";
    }
    if (decided == GateDecision.Result.REVIEW) {
      return "review";
    }
    return gates.stream().anyMatch(one -> one.result().equals("wait")) ? "wait" : "send";
  }

  private static Set<EmailAddress> recipients(Submission submission) {
    Set<EmailAddress> recipients = new LinkedHashSet<>();
    Stream.of(submission.to(), submission.cc(), submission.bcc())
        .flatMap(List::stream)
        .map(NamedAddress::address)
        .forEach(recipients::add);
    return recipients;
  }
}
