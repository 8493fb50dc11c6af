package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.review.KeptMail;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.ReviewEvents;
import org.byoemail.outbound.review.ReviewRequest;
import org.byoemail.outbound.review.Reviews;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.MessageTextsChanged;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * What reviews do to messages. While one is requested, its message has no delivery, so that nothing
 * can claim it; an approval makes a delivery that names it, and the first attempt uses it up. The
 * order of locks is the same as in {@link DeliveryLifecycle}: the message first, so that only one
 * of a concurrent decision, cancellation and expiry wins. Safe for use by many threads and nodes.
 */
@Component
public class ReviewLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ReviewLifecycle.class);

  private static final String REJECTED = "review_rejected";
  private static final String EXPIRED = "review_expired";
  private static final int BATCH = 100;

  private final Reviews reviews;
  private final ReviewRequests requests;
  private final ReviewEvents reviewEvents;
  private final Recipients recipients;
  private final Deliveries deliveries;
  private final AttemptRows attempts;
  private final Ending ending;

  ReviewLifecycle(
      Reviews reviews,
      ReviewRequests requests,
      ReviewEvents reviewEvents,
      Recipients recipients,
      Deliveries deliveries,
      AttemptRows attempts,
      Ending ending) {
    this.reviews = reviews;
    this.requests = requests;
    this.reviewEvents = reviewEvents;
    this.recipients = recipients;
    this.deliveries = deliveries;
    this.attempts = attempts;
    this.ending = ending;
  }

  /** The events of messages that a review has ended. */
  @Component
  static class Ending {
    private final Messages messages;
    private final SendEvents events;
    private final ApplicationEventPublisher publisher;

    Ending(Messages messages, SendEvents events, ApplicationEventPublisher publisher) {
      this.publisher = publisher;
      this.messages = messages;
      this.events = events;
    }

    Message message(StoredMessageId id) {
      return messages
          .withoutTexts(id)
          .orElseThrow(() -> new IllegalStateException("no message " + id));
    }

    void edit(Message edited) {
      messages.edit(edited);
      publisher.publishEvent(new MessageTextsChanged(List.of(edited.id())));
    }

    void publish(Message message, AttemptId attempt, MessageStatus status, List<Change> changes) {
      events.publish(
          List.of(new SendEvents.Result(message, null, attempt, status, changes, null, null)));
    }
  }

  /**
   * A claimed message waits for a review instead of being sent.
   *
   * @return false if the claim was lost
   */
  @Transactional
  boolean ask(Claim claim, ReviewRequest request) {
    if (deliveries.lock(List.of(claim)).tokens().isEmpty()) {
      return false;
    }
    reviews
        .last(claim.message())
        .filter(last -> last.state().equals("approved"))
        .ifPresent(last -> reviews.end(last, "cancelled"));
    deliveries.drop(List.of(claim.message()));
    recipients.move(claim.message(), RecipientStatus::isOpen, RecipientStatus.IN_REVIEW);
    reviews.ask(request);
    return true;
  }

  /**
   * Has a held, failed or expired message reviewed again before it is sent again, if it was
   * reviewed before.
   *
   * @param isHeld whether it is released rather than sent again
   * @param expiresAfter how long it may wait at least, from now on
   * @return false if it was never reviewed: nothing was done
   * @throws DeliveryConflict if there is nothing to be sent again
   */
  @Transactional
  public boolean askAgain(StoredMessageId message, boolean isHeld, Duration expiresAfter) {
    if (reviews.last(message).isEmpty()) {
      return false;
    }
    recipients.lockMessages(List.of(message));
    // Again, now that nobody else changes it.
    Review last = reviews.last(message).orElseThrow();
    if (last.isOpen()) {
      throw new DeliveryConflict(message, "it waits for a review already");
    }
    Optional<Deliveries.State> delivery = deliveries.lock(message);
    if (isHeld) {
      if (delivery.isEmpty() || !delivery.get().isHeld() || delivery.get().isClaimed()) {
        throw new DeliveryConflict(message, "it is not held");
      }
    } else if (delivery.isPresent()) {
      throw new DeliveryConflict(message, "it is still being tried");
    } else if (recipients.addresses(message, RecipientStatus::canBeResent).isEmpty()) {
      throw new DeliveryConflict(message, "it has not failed");
    }
    if (last.state().equals("approved")) {
      // It expired or was held before an attempt used the approval up.
      reviews.end(last, "cancelled");
    }
    deliveries.drop(List.of(message));
    attempts.queued(message);
    recipients.move(
        message,
        isHeld ? RecipientStatus::canBeReleased : RecipientStatus::canBeResent,
        RecipientStatus.IN_REVIEW);
    requests.extendExpiry(message, expiresAfter);
    String again = isHeld ? "released" : "resent";
    reviews.ask(
        requests.of(
            message,
            last.agent(),
            last,
            requests.policy(last.agent()),
            List.of(
                GateDecision.of(
                    "review",
                    GateDecision.Result.REVIEW,
                    again,
                    isHeld
                        ? "its outcome was unknown, and a person asked for it to be sent"
                        : "it was not sent, and a person asked for it to be sent again",
                    Map.of())),
            account(last)));
    return true;
  }

  /**
   * Begins an attempt of reviewed mail: the first one uses the approval up, in the same
   * transaction.
   *
   * @return empty if the claim was lost, or there is no such approval: nothing was begun
   */
  @Transactional
  Optional<AttemptRows.StartedAttempt> begin(AttemptRows.Start start) {
    Claim claim = start.claim();
    recipients.lockMessages(List.of(claim.message()));
    UUID id = Objects.requireNonNull(claim.review());
    if (reviews.lock(id).filter(one -> one.permits(claim.message())).isEmpty()) {
      log.error("message {}: review {} is no approval; it is not sent", claim.message(), id);
      return Optional.empty();
    }
    AttemptRows.StartedAttempt started = attempts.begin(List.of(start)).get(claim.message());
    if (started != null) {
      // Only now: with a lost claim or a stopped sender nothing begins, and the approval stays.
      reviews.use(id, claim.message(), claim.attempt());
    }
    return Optional.ofNullable(started);
  }

  /**
   * Asks again for a review that was asked for before a restore of the database: its message may
   * have been approved and sent after the backup was made, and its reviewer has to see that.
   *
   * @return false if it does not wait for such a review any more
   */
  @Transactional
  boolean askAfterRestore(StoredMessageId message, String why) {
    recipients.lockMessages(List.of(message));
    Review last = reviews.last(message).filter(Review::isOpen).orElse(null);
    if (last == null || !reviews.mayHaveLeft(last)) {
      return false;
    }
    reviews.end(last, "cancelled");
    List<GateDecision> reasons = new ArrayList<>();
    reasons.add(
        GateDecision.of(
            "review", GateDecision.Result.REVIEW, RestoredDeliveries.REASON, why, Map.of()));
    for (Review.Reason one : last.reasons()) {
      GateDecision.Result result =
          GateDecision.Result.valueOf(one.result().toUpperCase(java.util.Locale.ROOT));
      if (result != GateDecision.Result.WAIT) {
        reasons.add(GateDecision.of(one.gate(), result, one.code(), one.reason(), Map.of()));
      }
    }
    reviews.ask(
        requests.of(
            message, last.agent(), last, requests.policy(last.agent()), reasons, account(last)));
    return true;
  }

  /** Whether the last review of a message waits for its decision. */
  boolean isAsked(StoredMessageId message) {
    return reviews.last(message).filter(Review::isOpen).isPresent();
  }

  /** Ends the review of a message that was found to have left before a restore. */
  @Transactional
  void endFound(StoredMessageId message) {
    reviews
        .last(message)
        .filter(last -> last.isOpen() || last.state().equals("approved"))
        .ifPresent(last -> reviews.end(last, "cancelled"));
  }

  private static @Nullable UUID account(Review review) {
    String transport = review.version().transport();
    return transport.startsWith("account:")
        ? UUID.fromString(transport.substring("account:".length()))
        : null;
  }

  /** What a reviewer's decision did. */
  public record Decided(Review review, boolean isRepeated) {}

  /** An edited version of a message, already composed and kept. */
  public record Edited(KeptMail kept, Message message) {}

  /**
   * Approves exactly a version, or rejects the message. The same decision of the same reviewer
   * again changes nothing.
   *
   * @param version the number of the version that the reviewer saw
   * @param edited another version, which is approved instead; null: none
   * @param reason of a rejection, which the agent sees
   * @throws ReviewConflict if it was decided otherwise, ended, or another version is to be decided
   */
  @Transactional
  public Decided decide(
      Review seen,
      int version,
      boolean approved,
      @Nullable Edited edited,
      Reviews.Decider reviewer,
      @Nullable String reason) {
    StoredMessageId id = seen.message();
    recipients.lockMessages(List.of(id));
    Review review =
        reviews.lock(seen.id()).orElseThrow(() -> new ReviewConflict("it is not there any more"));
    if (isRepeated(review, version, approved, edited, reviewer)) {
      return new Decided(review, true);
    }
    if (!review.isOpen()) {
      throw new ReviewConflict("it is " + review.state() + " already: nothing was changed");
    }
    if (review.version().number() != version) {
      throw new ReviewConflict(
          "version %d is to be decided, not %d: look at it first"
              .formatted(review.version().number(), version));
    }
    if (reviews.isOver(review)) {
      throw new ReviewConflict("its time to be decided is over: nothing was changed");
    }
    if (approved && reviews.doesAnOlderNodeRun()) {
      throw new ReviewConflict(
          "a node of an older release still runs, which knows no approvals: approve it once every"
              + " node has this release");
    }
    if (approved
        && review.fourEyes()
        && reviewer.appointedBy() != null
        && reviews.doesANodeIgnoreParties()) {
      throw new ReviewConflict(
          "a node of an older release still runs, which might count one person as two: approve it"
              + " in the console or the API, or wait until every node has this release");
    }
    if (reviews.mayHaveLeft(review)) {
      throw new ReviewConflict(
          "the database was restored, and the message may have left before: it is asked for again"
              + " once the mail was reconciled");
    }
    Review current = edited == null ? review : edited(review, edited);
    Review decided = reviews.decide(current, approved, reviewer, reason);
    Message message = ending.message(id);
    String submission = Objects.requireNonNull(requests.submissionIds(List.of(id)).get(id));
    if (decided.state().equals("approved")) {
      deliveries.queueReviewed(id, attempts.queued(id), decided.id(), decided.dueAt());
      recipients.move(id, one -> one == RecipientStatus.IN_REVIEW, RecipientStatus.QUEUED);
      reviewEvents.approved(decided, submission, message.metadata());
    } else if (decided.state().equals("rejected")) {
      end(message, RecipientStatus.CANCELLED, REJECTED, reason);
      reviewEvents.rejected(decided, submission, message.metadata(), reason);
    }
    return new Decided(decided, false);
  }

  private Review edited(Review review, Edited edited) {
    ending.edit(edited.message());
    return reviews.edited(review, edited.kept(), edited.message().subject());
  }

  private boolean isRepeated(
      Review review,
      int version,
      boolean approved,
      @Nullable Edited edited,
      Reviews.Decider reviewer) {
    if (!review.isOpen() && edited != null) {
      return false;
    }
    return reviews.decisions(review.id()).stream()
        .anyMatch(
            one ->
                one.reviewer().equals(reviewer.reviewer())
                    && one.version() == version
                    && edited == null
                    && one.decision().equals(approved ? "approved" : "rejected"));
  }

  /**
   * Cancels a message that waits for a review.
   *
   * @return false if it does not wait for one
   */
  @Transactional
  public boolean cancel(StoredMessageId id) {
    recipients.lockMessages(List.of(id));
    Review review = reviews.last(id).filter(Review::isOpen).orElse(null);
    if (review == null) {
      endApproved(id);
      return false;
    }
    reviews.end(review, "cancelled");
    end(ending.message(id), RecipientStatus.CANCELLED, "cancelled", null);
    return true;
  }

  /** The approval of a message whose delivery is about to be cancelled is void. */
  private void endApproved(StoredMessageId id) {
    boolean unclaimed = deliveries.lock(id).filter(one -> !one.isClaimed()).isPresent();
    reviews
        .last(id)
        .filter(last -> unclaimed && last.state().equals("approved"))
        .ifPresent(last -> reviews.end(last, "cancelled"));
  }

  /** Ends the approvals of those messages that have no delivery any more: nothing uses them. */
  @Transactional
  void endUnused(Collection<StoredMessageId> messages) {
    if (!messages.isEmpty()) {
      reviews.unused(messages).forEach(one -> reviews.end(one, "cancelled"));
    }
  }

  /**
   * Some reviews that nobody decided in time, for {@link #expire}.
   *
   * @param passedOver those that could not be ended
   */
  List<Review> expired(Set<UUID> passedOver) {
    return reviews.expired(BATCH, passedOver);
  }

  /** Ends a review that nobody decided in time, unless it was decided meanwhile. */
  @Transactional
  void expire(Review expired) {
    StoredMessageId id = expired.message();
    recipients.lockMessages(List.of(id));
    Review review = reviews.lock(expired.id()).filter(Review::isOpen).orElse(null);
    if (review == null) {
      return;
    }
    Message message = ending.message(id);
    String submission = Objects.requireNonNull(requests.submissionIds(List.of(id)).get(id));
    reviews.end(review, "expired");
    end(message, RecipientStatus.EXPIRED, EXPIRED, "nobody decided on its review in time");
    reviewEvents.expired(review, submission, message.metadata());
  }

  private void end(
      Message message, RecipientStatus state, String code, @Nullable String diagnostic) {
    StoredMessageId id = message.id();
    AttemptId attempt = attempts.cancel(id);
    List<Change> changes =
        recipients.addresses(id, one -> one == RecipientStatus.IN_REVIEW).stream()
            .map(address -> new Change(address, state, code, diagnostic))
            .toList();
    MessageStatus status = recipients.change(id, one -> one == RecipientStatus.IN_REVIEW, changes);
    ending.publish(message, attempt, status, changes);
  }
}
