package org.byoemail.webhook;

import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Makes an attempt of a delivery, and makes the decision in its receiver's answer, if there is one.
 * A decision is made before the attempt is recorded: after a crash in between, the event is
 * delivered again, and repeating the decision changes nothing. Thread-safe.
 */
@Component
class DeliverySender {
  private final WebhookSender sender;
  private final DecisionAnswers answers;

  DeliverySender(WebhookSender sender, DecisionAnswers answers) {
    this.sender = sender;
    this.answers = answers;
  }

  /** Makes the attempt; blocks at most for its timeout. */
  DeliveryAttempt send(ClaimedDelivery delivery) {
    byte[] body = delivery.payload();
    if (body == null) {
      return DeliveryAttempt.failed("the event was deleted", Duration.ZERO);
    }
    WebhookSender.Exchange exchange =
        sender.exchange(
            delivery,
            body,
            delivery.asksForReview() ? DecisionAnswers.MAX_BYTES + 1 : WebhookSender.MAX_ANSWER);
    DeliveryAttempt attempt = exchange.attempt();
    if (!delivery.asksForReview() || exchange.response() == null || !attempt.succeeded()) {
      return attempt;
    }
    return answers.apply(delivery, exchange.response()).map(attempt::decided).orElse(attempt);
  }
}
