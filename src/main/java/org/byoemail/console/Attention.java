package org.byoemail.console;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * What a person should look at, from the gauges that the alerts watch: each is over all nodes, and
 * read from the database at most every few seconds. Safe for use by many threads.
 */
@Component
class Attention {
  private static final int LATE_SECONDS = 60;
  private static final Map<String, String> SERVICES =
      Map.of("database", "The database", "broker", "The broker", "redis", "Redis");

  private final MeterRegistry meters;

  Attention(MeterRegistry meters) {
    this.meters = meters;
  }

  /**
   * Something to look at.
   *
   * @param path where it is seen; the list of what is meant
   */
  record Item(Badge badge, String words, String path) {}

  /** The urgent items first; empty if all is well. */
  List<Item> items() {
    List<Item> items = new ArrayList<>();
    for (Gauge service : meters.find("byo.service.up").gauges()) {
      if (service.value() == 0) {
        items.add(
            new Item(
                Badge.bad("away"),
                SERVICES.getOrDefault(service.getId().getTag("service"), "A service")
                    + " does not answer",
                "/actuator/health"));
      }
    }
    count(
        items,
        "byo.database.restored",
        "",
        "The database was restored: sending is paused",
        "/console/outbox",
        true);
    count(items, "byo.outbound.paused", "", "All sending is paused", "/console/outbox", true);
    count(items, "byo.routes.broken", "unusable route files", "", "/console/routes", true);
    count(
        items,
        "byo.rollout.failing",
        "",
        "The feature flag cannot be evaluated: accounts keep their last value",
        "/console/rollout",
        true);
    count(
        items,
        "byo.accounts.error",
        "accounts in error, by protocol",
        "",
        "/console/accounts?status=error",
        true);
    count(
        items,
        "byo.accounts.needs.reauthorization",
        "accounts to be authorized again by their owners",
        "",
        "/console/accounts?status=needs_reauthorization",
        true);
    count(items, "byo.nodes.away", "nodes away", "", "/console/nodes", true);
    late(
        items,
        "byo.outbound.queue.age",
        "The oldest mail that could leave has waited for",
        "/console/outbox?status=queued");
    late(items, "byo.event.lag", "Events are late by", "/console/events");
    late(items, "byo.webhook.lag", "Deliveries to webhooks are late by", "/console/webhooks");
    count(
        items, "byo.outbound.held", "held outgoing mail", "", "/console/outbox?status=held", false);
    count(
        items, "byo.outbound.in.review", "outgoing mail in review", "", "/console/reviews", false);
    count(
        items,
        "byo.review.mails.failing",
        "mail to reviewers that could not be sent",
        "",
        "/console/reviewers",
        false);
    count(items, "byo.inbound.held", "received mail held for review", "", "/console/held", false);
    count(items, "byo.inbound.quarantined", "mail in quarantine", "", "/console/quarantine", false);
    count(
        items,
        "byo.outbound.dead.letters",
        "mail that failed for good",
        "",
        "/console/dead-letters",
        false);
    count(
        items, "byo.oauth.clients.refused", "refused OAuth clients", "", "/console/accounts", true);
    count(
        items,
        "byo.oauth.secrets.expiring",
        "expiring secrets of OAuth clients",
        "",
        "/console/accounts",
        false);
    count(
        items,
        "byo.routes.drift",
        "",
        "Nodes run different versions of routes",
        "/console/routes",
        false);
    return items;
  }

  private void count(
      List<Item> items, String gauge, String words, String sentence, String path, boolean urgent) {
    double value = sum(meters.find(gauge).gauges());
    if (value > 0) {
      String number = String.valueOf((long) value);
      Badge badge =
          urgent
              ? Badge.bad(sentence.isEmpty() ? number : "!")
              : Badge.waiting(sentence.isEmpty() ? number : "!");
      items.add(new Item(badge, sentence.isEmpty() ? words : sentence, path));
    }
  }

  private void late(List<Item> items, String gauge, String words, String path) {
    double seconds =
        meters.find(gauge).gauges().stream()
            .mapToDouble(Gauge::value)
            .filter(value -> value > 0)
            .max()
            .orElse(0);
    if (seconds > LATE_SECONDS) {
      items.add(new Item(Badge.bad("late"), words + " " + (long) (seconds / 60) + " min", path));
    }
  }

  private static double sum(Collection<Gauge> gauges) {
    return gauges.stream().mapToDouble(Gauge::value).filter(value -> value > 0).sum();
  }
}
