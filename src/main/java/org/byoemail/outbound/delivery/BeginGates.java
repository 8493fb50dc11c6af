package org.byoemail.outbound.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.AttemptAdmission.Admitted;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.outbound.gate.GateBases;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.byoemail.outbound.gate.GateRequest.Phase;
import org.byoemail.outbound.gate.GateResult;
import org.byoemail.outbound.gate.Gates;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.ReviewRequest;
import org.byoemail.outbound.review.Reviews;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Asks the gates again when an attempt is about to begin: its mail was scheduled, a policy was
 * tightened, or its approval may not hold any more. Mail that they let pass a short while ago is
 * sent if nothing that they decide by has changed. Safe for use by many threads and nodes.
 */
@Component
class BeginGates {
  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

  /** How long one batch may be examined: mail of all accounts waits behind it. */
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private final Gates gates;
  private final GateBases bases;
  private final Reviews reviews;
  private final ReviewRequests requests;
  private final ReviewLifecycle lifecycle;
  private final ReleasedClaims released;
  private final Clock clock;

  BeginGates(
      Gates gates,
      GateBases bases,
      Reviews reviews,
      ReviewRequests requests,
      ReviewLifecycle lifecycle,
      ReleasedClaims released,
      Clock clock) {
    this.gates = gates;
    this.bases = bases;
    this.reviews = reviews;
    this.requests = requests;
    this.lifecycle = lifecycle;
    this.released = released;
    this.clock = clock;
  }

  /**
   * What may begin.
   *
   * @param refused why mail among the admitted is not sent, by message
   * @param approved the reviews of what was approved
   */
  record Passed(
      List<Admitted> admitted,
      Map<StoredMessageId, Rejected> refused,
      Map<StoredMessageId, Review> approved) {}

  /**
   * The mails that pass; others wait, or are in review. Each is decided by itself: one that cannot
   * be decided, or takes long, keeps no other from being sent.
   */
  Passed pass(List<Admitted> admitted, Map<EndpointId, OutboundContactPolicy.Decision> policies) {
    List<UUID> ids =
        admitted.stream().map(one -> one.claim().review()).filter(Objects::nonNull).toList();
    Map<UUID, Review> approved = ids.isEmpty() ? Map.of() : reviews.find(ids);
    Set<StoredMessageId> unchanged = unchanged(admitted, policies);
    Passed passed = new Passed(new ArrayList<>(), new HashMap<>(), new HashMap<>());
    Instant end = clock.instant().plus(LONGEST);
    for (Admitted one : admitted) {
      OutboundContactPolicy.Decision policy = policies.get(one.message().endpoint());
      UUID id = one.claim().review();
      if (policy == null
          || unchanged.contains(one.message().id())
          || id == null && !gates.isNeeded(policy.sending(), Phase.BEGIN)) {
        passed.admitted().add(one);
        continue;
      }
      if (clock.instant().isAfter(end)) {
        released.postpone(List.of(one.claim()), SHORTEST_WAIT);
        continue;
      }
      try {
        decide(one, policy, id == null ? null : approved.get(id), passed);
      } catch (RuntimeException e) {
        released.failed(one.claim(), e);
      }
    }
    return passed;
  }

  /** What was decided when it was accepted still holds: nothing is asked or read again. */
  private Set<StoredMessageId> unchanged(
      List<Admitted> admitted, Map<EndpointId, OutboundContactPolicy.Decision> policies) {
    List<GateBases.Waiting> waiting = new ArrayList<>();
    for (Admitted one : admitted) {
      OutboundContactPolicy.Decision policy = policies.get(one.message().endpoint());
      if (policy != null && one.claim().review() == null && gates.isSettled(policy.sending())) {
        waiting.add(new GateBases.Waiting(one.message().id(), policy.agent(), policy.sending()));
      }
    }
    return waiting.isEmpty() ? Set.of() : bases.unchanged(waiting);
  }

  private void decide(
      Admitted one, OutboundContactPolicy.Decision policy, @Nullable Review review, Passed passed) {
    GateResult result =
        gates.isNeeded(policy.sending(), Phase.BEGIN)
            ? gates.decide(
                requests.gateRequest(
                    Phase.BEGIN, one.message(), policy.agent(), one.claim(), policy.sending()))
            : GateResult.NOTHING;
    List<GateDecision> reasons = review(one, policy.sending(), review, result);
    if (result.strictest() == Result.REFUSE) {
      passed.refused().put(one.message().id(), new Rejected(result.reason(), result.code()));
      if (review != null && reasons.isEmpty()) {
        // The attempt that is refused uses the approval up.
        passed.approved().put(one.message().id(), review);
      }
      passed.admitted().add(one);
    } else if (!reasons.isEmpty()) {
      lifecycle.ask(
          one.claim(),
          requests.of(
              one.message().id(), policy.agent(), review, policy.sending(), reasons, account(one)));
      released.drop(one.claim());
    } else if (result.until().isPresent()) {
      Duration wait = Duration.between(clock.instant(), result.until().get());
      released.postpone(
          List.of(one.claim()), wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait);
    } else {
      if (review != null) {
        passed.approved().put(one.message().id(), review);
      }
      passed.admitted().add(one);
    }
  }

  private static @Nullable UUID account(Admitted one) {
    return one.transport() == Transport.SMTP
        ? Objects.requireNonNull(one.server()).id().value()
        : null;
  }

  /** Why a person has to decide, again or for the first time; empty: nobody has to. */
  private List<GateDecision> review(
      Admitted one, SendingPolicy policy, @Nullable Review review, GateResult result) {
    if (one.claim().review() == null) {
      return result.with(Result.REVIEW).isEmpty() ? List.of() : result.decisions();
    }
    if (review == null || !review.message().equals(one.message().id())) {
      return again("not-approved", "its approval is not there any more");
    }
    if (!review.permits(one.message().id())) {
      return again("not-approved", "its review is " + review.state());
    }
    // Else a further attempt for the recipients that were deferred.
    boolean first = review.state().equals("approved");
    if (first && policy.review().fourEyes() && !review.fourEyes()) {
      return again("policy-changed", "two people must approve by now");
    }
    if (!review.version().transport().equals(ReviewRequest.transport(account(one)))) {
      return again("transport-changed", "it would leave by another account or transport");
    }
    if (!new HashSet<>(review.version().recipients())
        .containsAll(requests.open(one.message().id()))) {
      return again("recipient-changed", "it would go to a recipient that was not approved");
    }
    if (first
        && (review.asksIfConversationChanged() || policy.review().conversationChanged())
        && reviews.isConversationChanged(review)) {
      return again("conversation-changed", "its conversation got a new mail since");
    }
    return List.of();
  }

  private static List<GateDecision> again(String code, String reason) {
    return List.of(GateDecision.of("review", Result.REVIEW, code, reason, Map.of()));
  }
}
