package org.byoemail.outbound.review;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.review.Review.Reason;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.platform.event.EventData;
import org.byoemail.platform.event.EventData.MessageApproved;
import org.byoemail.platform.event.EventData.MessageRejected;
import org.byoemail.platform.event.EventData.MessageReviewExpired;
import org.byoemail.platform.event.EventData.MessageReviewRequested;
import org.byoemail.platform.event.EventData.ReviewReason;
import org.byoemail.platform.event.EventData.Reviewed;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Publishes what becomes of reviews, in the transaction that changes them. Thread-safe. */
@Component
public class ReviewEvents {
  private final Events events;
  private final PublicUrl publicUrl;

  ReviewEvents(Events events, PublicUrl publicUrl) {
    this.events = events;
    this.publicUrl = publicUrl;
  }

  void requested(
      ReviewRequest asked, UUID review, int version, List<Reason> reasons, Instant expiresAt) {
    publish(
        asked.organization(),
        asked.message(),
        new MessageReviewRequested(
            new Reviewed(asked.submissionId(), review, version, asked.metadata()),
            asked.recipients().stream().map(EmailAddress::value).sorted().toList(),
            reasons.stream()
                .filter(one -> !one.code().isEmpty())
                .map(one -> new ReviewReason(one.gate(), one.code(), one.reason()))
                .toList(),
            publicUrl.of("/console/reviews/" + review).orElse(null),
            expiresAt));
  }

  /** It was approved, and goes on to be sent. */
  public void approved(Review review, String submissionId, Map<String, Object> metadata) {
    publish(
        review.organization(),
        review.message(),
        new MessageApproved(
            of(review, submissionId, metadata), review.version().madeBy().equals("reviewer")));
  }

  /** It was rejected; the agent sees the reason. */
  public void rejected(
      Review review, String submissionId, Map<String, Object> metadata, @Nullable String reason) {
    publish(
        review.organization(),
        review.message(),
        new MessageRejected(of(review, submissionId, metadata), reason));
  }

  /** Nobody decided in time. */
  public void expired(Review review, String submissionId, Map<String, Object> metadata) {
    publish(
        review.organization(),
        review.message(),
        new MessageReviewExpired(of(review, submissionId, metadata)));
  }

  private static Reviewed of(Review review, String submissionId, Map<String, Object> metadata) {
    return new Reviewed(submissionId, review.id(), review.version().number(), metadata);
  }

  private void publish(OrganizationId organization, StoredMessageId message, EventData data) {
    events.record(List.of(new NewEvent(organization, message.value(), null, data, null)));
  }
}
