package org.byoemail.operations.setup;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.outbound.outbox.ReviewForbidden;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.Reviews;
import org.byoemail.webhook.ReviewDecisions;
import org.byoemail.webhook.Webhooks;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Applies the decisions on reviews in the answers of webhook receivers. Safe for use by many
 * threads and nodes.
 */
@Service
class WebhookDecisions implements ReviewDecisions {
  private final Reviews reviews;
  private final ReviewDesk desk;
  private final Webhooks webhooks;

  WebhookDecisions(Reviews reviews, ReviewDesk desk, Webhooks webhooks) {
    this.reviews = reviews;
    this.desk = desk;
    this.webhooks = webhooks;
  }

  @Override
  public @Nullable String decide(Decision decision) {
    Review review = find(decision.review(), decision.organization()).orElse(null);
    if (review == null) {
      return "the webhook's organization has no such review";
    }
    // Read again: it may have been taken back since the event was sent.
    String allowedBy = webhooks.decidesBy(decision.webhook(), decision.organization()).orElse(null);
    if (allowedBy == null) {
      return "the webhook is no longer allowed to decide on reviews";
    }
    try {
      desk.decide(
          new Reviews.Decider(
              word(decision.webhook()), word(decision.webhook()), allowedBy, decision.shownTo()),
          review,
          decision.version(),
          decision.approves(),
          decision.reason());
      return null;
    } catch (StateConflict | ReviewForbidden e) {
      return e.getMessage();
    }
  }

  @Override
  public void refused(UUID webhook, OrganizationId organization, UUID review, String why) {
    find(review, organization).ifPresent(found -> reviews.refused(found, word(webhook), why));
  }

  private Optional<Review> find(UUID review, OrganizationId organization) {
    return Optional.ofNullable(reviews.find(List.of(review)).get(review))
        .filter(found -> found.organization().equals(organization));
  }

  private static String word(UUID webhook) {
    return "webhook:" + webhook;
  }
}
