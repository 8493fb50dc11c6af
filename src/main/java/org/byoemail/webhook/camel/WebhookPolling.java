package org.byoemail.webhook.camel;

import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultPollingConsumerPollStrategy;
import org.byoemail.webhook.DeliveryClaims;
import org.springframework.stereotype.Component;

/** Has the scheduler of deliveries run when there may be some, instead of at each tick. */
@Component("webhookPolling")
public class WebhookPolling extends DefaultPollingConsumerPollStrategy {
  private final DeliveryClaims claims;

  WebhookPolling(DeliveryClaims claims) {
    this.claims = claims;
  }

  @Override
  public boolean begin(Consumer consumer, Endpoint endpoint) {
    try {
      return claims.awaitDue();
    } catch (InterruptedException e) {
      // The route stops.
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
