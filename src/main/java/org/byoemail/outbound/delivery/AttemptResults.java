package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.AttemptOutcome.Accepted;
import org.byoemail.outbound.delivery.AttemptOutcome.Deferred;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.AttemptOutcome.Unknown;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.byoemail.outbound.suppression.SuppressionEvidence;
import org.byoemail.outbound.suppression.SuppressionSource;
import org.byoemail.outbound.suppression.Suppressions;
import org.byoemail.platform.dossier.Dossier;
import org.springframework.stereotype.Component;

/**
 * Turns the outcomes of attempts into states, further attempts, and events, for {@link
 * DeliveryLifecycle#settle}: all in the transaction of the caller.
 */
@Component
class AttemptResults {
  private final AttemptPlans plans;
  private final AttemptRows attempts;
  private final Recipients recipients;
  private final Deliveries deliveries;
  private final SendEvents events;
  private final Suppressions suppressions;
  private final Dossier dossier;

  AttemptResults(
      AttemptPlans plans,
      AttemptRows attempts,
      Recipients recipients,
      Deliveries deliveries,
      SendEvents events,
      Suppressions suppressions,
      Dossier dossier) {
    this.plans = plans;
    this.attempts = attempts;
    this.recipients = recipients;
    this.deliveries = deliveries;
    this.events = events;
    this.suppressions = suppressions;
    this.dossier = dossier;
  }

  /**
   * Writes the results of attempts.
   *
   * @return for each of them whether its claim was still valid; of the others nothing was written
   */
  List<Boolean> write(List<FinishedAttempt> tries) {
    Deliveries.Locked locked = deliveries.lock(tries.stream().map(FinishedAttempt::claim).toList());
    Set<UUID> valid = locked.tokens();
    List<FinishedAttempt> settled = new ArrayList<>();
    List<FinishedAttempt> waiting = new ArrayList<>();
    List<FinishedAttempt> done = new ArrayList<>();
    for (FinishedAttempt finished : tries) {
      if (!valid.contains(finished.claim().token())) {
        continue;
      }
      if (finished.outcomes().isEmpty()) {
        settled.add(finished);
      } else {
        (waitsForAccount(finished) ? waiting : done).add(finished);
      }
    }
    closeWithoutRecipients(settled);
    waitForAccount(waiting, locked.submissionIds());
    record(done, locked);
    dossier.record(
        Stream.concat(waiting.stream(), done.stream()).map(AttemptFacts::entry).toList());
    return tries.stream().map(finished -> valid.contains(finished.claim().token())).toList();
  }

  private static boolean waitsForAccount(FinishedAttempt finished) {
    Collection<AttemptOutcome> all = finished.outcomes().values();
    return AccountCircuitBreaker.in(all).isPresent()
        && all.stream().noneMatch(AttemptResults::mayHaveLeft);
  }

  private static boolean mayHaveLeft(AttemptOutcome outcome) {
    return outcome instanceof Accepted || outcome instanceof Unknown;
  }

  private void record(List<FinishedAttempt> tries, Deliveries.Locked locked) {
    if (tries.isEmpty()) {
      return;
    }
    Instant now = locked.now();
    List<StoredMessageId> over = new ArrayList<>();
    List<Deliveries.Next> next = new ArrayList<>();
    List<AttemptRows.Ended> ended = new ArrayList<>();
    Map<StoredMessageId, List<Change>> changes = new LinkedHashMap<>();
    Map<StoredMessageId, AttemptPlan> planned = new HashMap<>();
    for (FinishedAttempt one : tries) {
      Claim claim = one.claim();
      AttemptPlan plan = plans.of(claim, one.outcomes().values(), now);
      List<Change> ofThis = new ArrayList<>();
      one.outcomes()
          .forEach(
              (address, outcome) -> ofThis.add(plan.change(address, outcome, one.simulated())));
      if (ofThis.stream().anyMatch(change -> change.state().isOpen())) {
        next.add(goOn(claim, plan, now));
      } else {
        over.add(claim.message());
      }
      ended.add(
          new AttemptRows.Ended(
              claim.attempt(), AttemptEnding.of(one.outcomes().values(), one.simulated())));
      changes.put(claim.message(), ofThis);
      planned.put(claim.message(), plan);
    }
    attempts.next(
        next.stream()
            .map(
                n ->
                    new AttemptRows.Next(
                        n.attempt(), n.claim().message(), n.claim().attemptNumber() + 1))
            .toList());
    deliveries.next(next);
    suppress(tries);
    Map<StoredMessageId, MessageStatus> statuses =
        recipients.changeOnly(RecipientStatus::canBeSettled, changes);
    attempts.end(ended, over, statuses);
    publish(tries, statuses, changes, planned, locked.submissionIds());
  }

  private void publish(
      List<FinishedAttempt> tries,
      Map<StoredMessageId, MessageStatus> statuses,
      Map<StoredMessageId, List<Change>> changes,
      Map<StoredMessageId, AttemptPlan> planned,
      Map<StoredMessageId, String> submissionIds) {
    events.publishLocked(
        tries.stream()
            .map(
                one -> {
                  StoredMessageId message = one.claim().message();
                  AttemptPlan plan = planned.get(message);
                  return new SendEvents.Result(
                      one.message(),
                      one.claim().account(),
                      one.claim().attempt(),
                      Objects.requireNonNull(statuses.get(message)),
                      Objects.requireNonNull(changes.get(message)),
                      plan == null ? null : plan.nextAttempt(),
                      one.trace());
                })
            .toList(),
        submissionIds);
  }

  private void suppress(List<FinishedAttempt> tries) {
    record Refused(FinishedAttempt of, EmailAddress address, Rejected rejected) {}
    List<Refused> refused = new ArrayList<>();
    for (FinishedAttempt one : tries) {
      one.outcomes()
          .forEach(
              (address, outcome) -> {
                if (outcome instanceof Rejected rejected && rejected.atRecipient()) {
                  refused.add(new Refused(one, address, rejected));
                }
              });
    }
    // In the same order in every transaction, so that no two of them deadlock.
    refused.sort(
        Comparator.comparing((Refused one) -> one.of().message().organization())
            .thenComparing(Refused::address));
    for (Refused one : refused) {
      suppressions.suppressIfPermanent(
          one.of().message().organization(),
          one.address(),
          new SuppressionEvidence(
              SuppressionSource.SMTP,
              one.of().message().id(),
              one.of().claim().attempt(),
              null,
              one.rejected().code(),
              one.rejected().words()));
    }
  }

  private static Deliveries.Next goOn(Claim claim, AttemptPlan plan, Instant now) {
    return new Deliveries.Next(
        claim,
        AttemptId.next(),
        plan.nextAttempt() == null ? now : plan.nextAttempt(),
        plan.held() ? "unknown" : null,
        plan.unknownOnce(),
        plan.counted());
  }

  /** Reports, or a person, have settled every recipient since the attempts were planned. */
  private void closeWithoutRecipients(List<FinishedAttempt> tries) {
    if (tries.isEmpty()) {
      return;
    }
    deliveries.finish(tries.stream().map(FinishedAttempt::claim).toList());
    AttemptRows.Ending ending =
        new AttemptRows.Ending(
            AttemptState.FAILED, "cancelled", null, "cancelled", "nobody was left to send it to");
    attempts.end(
        tries.stream().map(one -> new AttemptRows.Ended(one.claim().attempt(), ending)).toList());
    recipients.derive(tries.stream().map(one -> one.claim().message()).toList());
  }

  /** These were no attempts, except for recipients that were rejected whatever the account. */
  private void waitForAccount(
      List<FinishedAttempt> tries, Map<StoredMessageId, String> submissionIds) {
    Map<StoredMessageId, List<Change>> refused = new LinkedHashMap<>();
    for (FinishedAttempt one : tries) {
      one.outcomes()
          .forEach(
              (address, outcome) -> {
                if (outcome instanceof Rejected) {
                  refused
                      .computeIfAbsent(one.claim().message(), message -> new ArrayList<>())
                      .add(
                          new Change(
                              address, RecipientStatus.FAILED, outcome.code(), outcome.words()));
                }
              });
    }
    List<FinishedAttempt> partly =
        tries.stream().filter(one -> refused.containsKey(one.claim().message())).toList();
    if (!partly.isEmpty()) {
      suppress(partly);
      recipients.changeOnly(RecipientStatus::canBeSettled, refused);
    }
    Map<StoredMessageId, MessageStatus> statuses = letWait(tries);
    if (!partly.isEmpty()) {
      publish(partly, statuses, refused, Map.of(), submissionIds);
    }
  }

  private Map<StoredMessageId, MessageStatus> letWait(List<FinishedAttempt> tries) {
    List<Claim> claims = tries.stream().map(FinishedAttempt::claim).toList();
    deliveries.release(claims, Duration.ZERO);
    attempts.requeue(
        tries.stream()
            .map(
                one -> {
                  Deferred trouble =
                      AccountCircuitBreaker.in(one.outcomes().values()).orElseThrow();
                  return new AttemptRows.Requeued(
                      one.claim().attempt(), trouble.code(), trouble.words());
                })
            .toList());
    return recipients.requeue(claims);
  }
}
