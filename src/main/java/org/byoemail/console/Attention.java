package org.byoemail.console;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
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

  /**
   * A reason to look at a list.
   *
   * @param words after the number
   * @param path of the list
   * @param urgent whether it is shown as an error
   */
  record Subject(String words, String path, boolean urgent) {
    static final Subject ACCOUNTS_IN_ERROR =
        new Subject("accounts in error", "/console/accounts?status=error", true);
    static final Subject NEEDS_REAUTHORIZATION =
        new Subject(
            "accounts to be authorized again by their owners",
            "/console/accounts?status=needs_reauthorization",
            true);
    static final Subject HELD_OUTGOING =
        new Subject("held outgoing mail", "/console/outbox?status=held", false);
    static final Subject IN_REVIEW =
        new Subject("outgoing mail in review", "/console/reviews", false);
    static final Subject HELD_RECEIVED =
        new Subject("received mail held for review", "/console/held", false);
    static final Subject QUARANTINED =
        new Subject("mail in quarantine", "/console/quarantine", false);
    static final Subject FAILED_FOR_GOOD =
        new Subject("mail that failed for good", "/console/dead-letters", false);

    Item item(String number) {
      return new Item(urgent ? Badge.bad(number) : Badge.waiting(number), words, path);
    }
  }

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
    fact(
        items,
        "byo.database.restored",
        new Subject("The database was restored: sending is paused", "/console/outbox", true));
    fact(
        items,
        "byo.outbound.paused",
        new Subject("All sending is paused", "/console/outbox", true));
    count(items, "byo.routes.broken", new Subject("unusable route files", "/console/routes", true));
    fact(
        items,
        "byo.rollout.failing",
        new Subject(
            "The feature flag cannot be evaluated: accounts keep their last value",
            "/console/rollout",
            true));
    Subject failing = Subject.ACCOUNTS_IN_ERROR;
    count(
        items,
        "byo.accounts.error",
        new Subject(failing.words() + ", by protocol", failing.path(), failing.urgent()));
    count(items, "byo.accounts.needs.reauthorization", Subject.NEEDS_REAUTHORIZATION);
    count(items, "byo.nodes.away", new Subject("nodes away", "/console/nodes", true));
    late(
        items,
        "byo.outbound.queue.age",
        "The oldest mail that could leave has waited for",
        "/console/outbox?status=queued");
    late(items, "byo.event.lag", "Events are late by", "/console/events");
    late(items, "byo.webhook.lag", "Deliveries to webhooks are late by", "/console/webhooks");
    count(items, "byo.outbound.held", Subject.HELD_OUTGOING);
    count(items, "byo.outbound.in.review", Subject.IN_REVIEW);
    count(
        items,
        "byo.review.mails.failing",
        new Subject("mail to reviewers that could not be sent", "/console/reviewers", false));
    count(items, "byo.inbound.held", Subject.HELD_RECEIVED);
    count(items, "byo.inbound.quarantined", Subject.QUARANTINED);
    count(items, "byo.outbound.dead.letters", Subject.FAILED_FOR_GOOD);
    count(
        items,
        "byo.oauth.clients.refused",
        new Subject("refused OAuth clients", "/console/accounts", true));
    count(
        items,
        "byo.oauth.secrets.expiring",
        new Subject("expiring secrets of OAuth clients", "/console/accounts", false));
    fact(
        items,
        "byo.routes.drift",
        new Subject("Nodes run different versions of routes", "/console/routes", false));
    return items;
  }

  private void count(List<Item> items, String gauge, Subject subject) {
    double value = sum(gauge);
    if (value > 0) {
      items.add(subject.item(String.valueOf((long) value)));
    }
  }

  /** Adds an item without a number, whose words are a sentence. */
  private void fact(List<Item> items, String gauge, Subject subject) {
    if (sum(gauge) > 0) {
      items.add(subject.item("!"));
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

  private double sum(String gauge) {
    return meters.find(gauge).gauges().stream()
        .mapToDouble(Gauge::value)
        .filter(value -> value > 0)
        .sum();
  }
}
