package org.byoemail.webhook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.NumberedEvents;
import org.byoemail.webhook.DeliveryQueue.Made;
import org.byoemail.webhook.DeliveryQueue.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The steps of the route {@code webhook-deliver}. Called by one thread at a time. */
@Component("webhookClaims")
public class DeliveryClaims {
  private static final Logger log = LoggerFactory.getLogger(DeliveryClaims.class);

  /** So that the route stops soon. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(250);

  private final DeliveryQueue queue;
  private final DeliveryWorkers workers;
  private final DeliveryWakeUp wakeUp;
  private final WebhookSecrets secrets;
  private final NumberedEvents events;
  private final WebhookPayload payload;
  private final WebhookSettings settings;

  DeliveryClaims(
      DeliveryQueue queue,
      DeliveryWorkers workers,
      DeliveryWakeUp wakeUp,
      WebhookSecrets secrets,
      NumberedEvents events,
      WebhookPayload payload,
      WebhookSettings settings) {
    this.queue = queue;
    this.workers = workers;
    this.wakeUp = wakeUp;
    this.secrets = secrets;
    this.events = events;
    this.payload = payload;
    this.settings = settings;
  }

  /** Waits until events and deliveries are to be checked for, but not long; whether they are. */
  public boolean awaitDue() throws InterruptedException {
    return wakeUp.awaitDue(LONGEST_WAIT);
  }

  /** Creates deliveries of newly numbered events. */
  public void make() {
    if (!wakeUp.areEventsDue()) {
      return;
    }
    Made made = queue.make();
    wakeUp.found(made.inUse());
    if (made.more()) {
      wakeUp.eventsNumbered();
    }
  }

  /**
   * Claims due deliveries, at most as many as this node has free workers. Each must be delivered.
   */
  public List<ClaimedDelivery> claim() {
    int quick = workers.free(false);
    int slow = workers.free(true);
    if (quick + slow == 0) {
      return List.of();
    }
    UUID token = UUID.randomUUID();
    List<Row> rows = queue.claim(token, quick, slow);
    if (rows.isEmpty()) {
      return List.of();
    }
    Map<UUID, Event> found =
        events.find(rows.stream().map(Row::event).distinct().toList()).stream()
            .collect(Collectors.toMap(Event::id, Function.identity()));
    Map<UUID, List<SigningKeys>> keys =
        rows.stream()
            .map(Row::webhook)
            .distinct()
            .collect(Collectors.toMap(Function.identity(), this::keys));
    List<ClaimedDelivery> claimed = new ArrayList<>();
    for (Row row : rows) {
      List<SigningKeys> own = keys.get(row.webhook());
      if (own == null || own.isEmpty()) {
        queue.giveBack(row.id(), token, settings.claimTtl());
        continue;
      }
      Event event = found.get(row.event());
      ClaimedDelivery delivery =
          new ClaimedDelivery(
              row.id(),
              token,
              row.webhook(),
              row.event(),
              row.type(),
              row.organization(),
              row.url(),
              row.attempts() + 1,
              row.slow(),
              own,
              row.decides(),
              event == null ? null : payload.of(event, row.connectLinks()));
      workers.begin(delivery);
      claimed.add(delivery);
    }
    return claimed;
  }

  private List<SigningKeys> keys(UUID webhook) {
    try {
      return secrets.signing(webhook);
    } catch (IllegalStateException e) {
      log.error("the events of webhook {} wait: {}", webhook, e.getMessage());
      return List.of();
    }
  }
}
