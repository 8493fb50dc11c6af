package org.byoemail.outbound;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.byoemail.conversation.Message;
import org.byoemail.mail.AttemptId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.Times;
import org.byoemail.outbound.AttemptOutcome.Accepted;
import org.byoemail.outbound.AttemptOutcome.Deferred;
import org.byoemail.outbound.AttemptOutcome.Rejected;
import org.byoemail.outbound.AttemptOutcome.Unknown;
import org.byoemail.outbound.Recipients.Change;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Turns the outcomes of a try into states, a further try, and events. The one transaction of its
 * caller holds all of it.
 */
@Component
class TryResults {
  private static final Set<RecipientStatus> IN_THE_TRY = EnumSet.of(RecipientStatus.SENDING);

  private final SendSettings settings;
  private final RetrySchedule schedule;
  private final AttemptRows attempts;
  private final Recipients recipients;
  private final Deliveries deliveries;
  private final SendEvents events;
  private final Suppressions suppressions;
  private final Clock clock;

  TryResults(
      SendSettings settings,
      RetrySchedule schedule,
      AttemptRows attempts,
      Recipients recipients,
      Deliveries deliveries,
      SendEvents events,
      Suppressions suppressions,
      Clock clock) {
    this.settings = settings;
    this.schedule = schedule;
    this.attempts = attempts;
    this.recipients = recipients;
    this.deliveries = deliveries;
    this.events = events;
    this.suppressions = suppressions;
    this.clock = clock;
  }

  /**
   * Writes the result of a try.
   *
   * @return false where the claim was lost: nothing was written
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean write(
      Claim claim, Message message, Map<EmailAddress, AttemptOutcome> outcomes, boolean simulated) {
    Collection<AttemptOutcome> all = outcomes.values();
    if (all.isEmpty()) {
      return nobodyLeft(claim);
    }
    Optional<Deferred> trouble = AccountTrouble.in(all);
    if (trouble.isPresent() && all.stream().allMatch(Deferred.class::isInstance)) {
      return waitForAccount(claim, trouble.get());
    }
    if (!deliveries.lock(claim)) {
      return false;
    }
    Plan plan = plan(claim, all, Times.now(clock));
    List<Change> changes = new ArrayList<>();
    outcomes.forEach((address, outcome) -> changes.add(change(address, outcome, plan, simulated)));
    if (changes.stream().anyMatch(change -> change.state().isOpen())) {
      goOn(claim, plan);
    } else {
      deliveries.finish(claim);
    }
    attempts.end(claim.attempt(), ending(all, simulated));
    suppress(claim, message, outcomes);
    MessageStatus status = recipients.change(claim.message(), IN_THE_TRY, changes);
    events.tell(message, claim.account(), claim.attempt(), status, changes, plan.nextTry());
    return true;
  }

  private void suppress(Claim claim, Message message, Map<EmailAddress, AttemptOutcome> outcomes) {
    // In their order, so that two tries with the same recipients do not wait for one another.
    new TreeMap<>(outcomes)
        .forEach(
            (address, outcome) -> {
              if (outcome instanceof Rejected rejected && rejected.atRecipient()) {
                suppressions.suppressIfPermanent(
                    message.organization(),
                    address,
                    new SuppressionEvidence(
                        SuppressionSource.SMTP,
                        message.id(),
                        claim.attempt(),
                        null,
                        rejected.code(),
                        rejected.words()));
              }
            });
  }

  /** What follows: a next try, a person, or for what is left nothing more. */
  private record Plan(@Nullable Instant nextTry, boolean held, boolean unknownOnce) {}

  private Plan plan(Claim claim, Collection<AttemptOutcome> outcomes, Instant now) {
    if (outcomes.stream().anyMatch(Unknown.class::isInstance)) {
      boolean again = settings.unknownRetry() && !claim.unknownOnce();
      return new Plan(again ? now.plus(settings.unknownDelay()) : null, !again, true);
    }
    List<Deferred> deferred =
        outcomes.stream().filter(Deferred.class::isInstance).map(Deferred.class::cast).toList();
    if (deferred.isEmpty()) {
      return new Plan(null, false, claim.unknownOnce());
    }
    boolean greylisted = deferred.stream().allMatch(Deferred::greylisted);
    Instant first = claim.firstTryAt() == null ? now : claim.firstTryAt();
    Instant next = schedule.next(claim.tries() + 1, first, now, greylisted).orElse(null);
    return new Plan(next, false, claim.unknownOnce());
  }

  private static Change change(
      EmailAddress address, AttemptOutcome outcome, Plan plan, boolean simulated) {
    RecipientStatus state;
    String words = outcome.words();
    if (outcome instanceof Accepted) {
      state = simulated ? RecipientStatus.SIMULATED : RecipientStatus.SENT;
    } else if (outcome instanceof Rejected) {
      state = RecipientStatus.FAILED;
    } else if (plan.held()) {
      state = RecipientStatus.HELD;
    } else if (plan.nextTry() != null) {
      state = RecipientStatus.DEFERRED;
    } else {
      state = RecipientStatus.FAILED;
      words = "given up after the last try: " + words;
    }
    return new Change(address, state, outcome.code(), words);
  }

  private void goOn(Claim claim, Plan plan) {
    AttemptId next = attempts.next(claim.message(), claim.tryNumber() + 1);
    deliveries.next(
        claim,
        next,
        plan.nextTry() == null ? Times.now(clock) : plan.nextTry(),
        plan.held() ? "unknown" : null,
        plan.unknownOnce());
  }

  /** Reports, or a person, have settled everything since the try was planned. */
  private boolean nobodyLeft(Claim claim) {
    if (!deliveries.finish(claim)) {
      return false;
    }
    attempts.end(
        claim.attempt(),
        new AttemptRows.Ending(
            AttemptState.FAILED, "cancelled", null, "cancelled", "nobody was left to send it to"));
    recipients.derive(claim.message());
    return true;
  }

  private boolean waitForAccount(Claim claim, Deferred trouble) {
    if (!deliveries.release(claim, Times.now(clock))) {
      return false;
    }
    attempts.requeue(claim.attempt(), trouble.code(), trouble.words());
    recipients.requeue(claim);
    return true;
  }

  private static AttemptRows.Ending ending(Collection<AttemptOutcome> outcomes, boolean simulated) {
    for (AttemptOutcome outcome : outcomes) {
      if (outcome instanceof Accepted accepted) {
        AttemptOutcome failed =
            outcomes.stream().filter(o -> !(o instanceof Accepted)).findFirst().orElse(null);
        return new AttemptRows.Ending(
            AttemptState.SENT,
            simulated ? "simulated" : "accepted",
            accepted.words(),
            failed == null ? null : failed.code(),
            failed == null ? null : failed.words());
      }
    }
    AttemptOutcome worst =
        first(outcomes, Unknown.class)
            .or(() -> first(outcomes, Deferred.class))
            .or(() -> first(outcomes, Rejected.class))
            .orElseThrow();
    String word =
        worst instanceof Unknown ? "unknown" : worst instanceof Deferred ? "deferred" : "rejected";
    return new AttemptRows.Ending(
        AttemptState.FAILED, word, reply(worst.words()), worst.code(), worst.words());
  }

  // Only what begins with a reply code is a reply.
  private static @Nullable String reply(String words) {
    return words.matches("(?s)[2-5]\\d\\d[ -].*") ? words : null;
  }

  private static Optional<AttemptOutcome> first(
      Collection<AttemptOutcome> outcomes, Class<? extends AttemptOutcome> type) {
    return outcomes.stream().filter(type::isInstance).findFirst();
  }
}
