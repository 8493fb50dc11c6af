package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.byoemail.outbound.delivery.AttemptOutcome.Accepted;
import org.byoemail.outbound.delivery.AttemptOutcome.Deferred;
import org.byoemail.outbound.delivery.AttemptOutcome.Trouble;
import org.byoemail.outbound.delivery.AttemptOutcome.Unknown;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Decides what follows an attempt. */
@Component
class AttemptPlans {
  private static final Duration SHORT = Duration.ofMinutes(1);
  private static final Duration ACCOUNT_AGAIN = Duration.ofHours(1);

  private final SendSettings settings;
  private final RetrySchedule schedule;

  AttemptPlans(SendSettings settings, RetrySchedule schedule) {
    this.settings = settings;
    this.schedule = schedule;
  }

  /** What follows an attempt with these outcomes. */
  AttemptPlan of(Claim claim, Collection<AttemptOutcome> outcomes, Instant now) {
    if (outcomes.stream().anyMatch(Unknown.class::isInstance)) {
      // What a person has approved is sent once: a person decides whether it is sent again.
      boolean again = settings.unknownRetry() && !claim.unknownOnce() && claim.review() == null;
      return new AttemptPlan(again ? now.plus(settings.unknownDelay()) : null, !again, true, true);
    }
    List<Deferred> deferred =
        outcomes.stream().filter(Deferred.class::isInstance).map(Deferred.class::cast).toList();
    if (deferred.isEmpty()) {
      return new AttemptPlan(null, false, claim.unknownOnce(), true);
    }
    Duration stated = longest(deferred);
    // Some were accepted: recipients beyond the server's limit per mail can follow at once.
    if (stated != null
        && stated.compareTo(SHORT) <= 0
        && outcomes.stream().anyMatch(Accepted.class::isInstance)
        && deferred.stream().allMatch(o -> o.trouble() == Trouble.MESSAGE && o.pause() != null)) {
      return new AttemptPlan(now.plus(stated), false, claim.unknownOnce(), true);
    }
    boolean greylisted = deferred.stream().allMatch(Deferred::greylisted);
    Instant first = claim.firstAttemptAt() == null ? now : claim.firstAttemptAt();
    Instant next = schedule.next(claim.tries() + 1, first, now, greylisted, stated).orElse(null);
    if (next == null && AccountCircuitBreaker.in(outcomes).isPresent()) {
      // Not the mail's fault: it waits until it expires.
      next = now.plus(ACCOUNT_AGAIN);
    }
    boolean counted = deferred.stream().anyMatch(o -> o.trouble() == Trouble.MESSAGE);
    return new AttemptPlan(next, false, claim.unknownOnce(), counted);
  }

  private static @Nullable Duration longest(List<Deferred> deferred) {
    return deferred.stream()
        .map(Deferred::pause)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }
}
