package org.byoemail.console;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.WebhookSetup;
import org.byoemail.operations.setup.WebhookSwitches;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.webhook.DeliveryAttempt;
import org.byoemail.webhook.Replay;
import org.byoemail.webhook.Webhook;
import org.byoemail.webhook.WebhookDeliveries;
import org.byoemail.webhook.WebhookDeliveries.Attempt;
import org.byoemail.webhook.WebhookDeliveries.Delivery;
import org.byoemail.webhook.WebhookDraft;
import org.byoemail.webhook.WebhookSecrets;
import org.byoemail.webhook.Webhooks;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * The list of webhooks, the page of a webhook with its deliveries, and the page of a delivery with
 * its requests.
 */
@Controller
@RequestMapping("/console/webhooks")
class WebhookPageController {
  private static final int PAGE_SIZE = 50;
  private static final Duration OVERLAP = Duration.ofDays(1);

  private final WebhookSetup setup;
  private final WebhookSwitches switches;
  private final Webhooks webhooks;
  private final WebhookSecrets secrets;
  private final WebhookDeliveries deliveries;

  WebhookPageController(
      WebhookSetup setup,
      WebhookSwitches switches,
      Webhooks webhooks,
      WebhookSecrets secrets,
      WebhookDeliveries deliveries) {
    this.setup = setup;
    this.switches = switches;
    this.webhooks = webhooks;
    this.secrets = secrets;
    this.deliveries = deliveries;
  }

  /** A webhook, in the list and on its page. */
  record View(
      UUID id,
      String url,
      String organization,
      @Nullable String description,
      String types,
      Badge status,
      boolean pausable,
      boolean resumable,
      boolean decides,
      @Nullable String error,
      @Nullable DisplayTime failingSince,
      @Nullable DisplayTime delivered) {

    static View of(Webhook webhook) {
      Webhook.Status status = webhook.status();
      Webhook.Health health = webhook.health();
      boolean stopped = status == Webhook.Status.PAUSED || status == Webhook.Status.DISABLED;
      return new View(
          webhook.id(),
          webhook.url(),
          webhook.organization().value(),
          webhook.description(),
          webhook.types().isEmpty() ? "every type" : String.join(", ", webhook.types()),
          badge(status),
          !stopped,
          status != Webhook.Status.ACTIVE,
          webhook.decides(),
          health.disabledReason() == null && health.failures() == 0
              ? null
              : health.disabledReason() == null ? health.lastError() : health.disabledReason(),
          DisplayTime.ofNullable(health.failingSince()),
          DisplayTime.ofNullable(health.lastDeliveredAt()));
    }

    private static Badge badge(Webhook.Status status) {
      return switch (status) {
        case ACTIVE -> Badge.good(status.word());
        case FAILING -> Badge.bad(status.word());
        case PAUSED -> Badge.waiting(status.word());
        case DISABLED -> Badge.off(status.word());
      };
    }
  }

  /** A delivery in the list. */
  record DeliveryLine(
      UUID id,
      UUID event,
      long position,
      String type,
      Badge status,
      boolean waiting,
      boolean replay,
      int attempts,
      @Nullable String error,
      DisplayTime created,
      @Nullable DisplayTime next) {

    static DeliveryLine of(Delivery delivery) {
      Badge status =
          switch (delivery.state()) {
            case "delivered" -> Badge.good(delivery.state());
            case "failed" -> Badge.bad(delivery.state());
            default -> Badge.waiting(delivery.state());
          };
      return new DeliveryLine(
          delivery.id(),
          delivery.event(),
          delivery.position(),
          delivery.type(),
          status,
          delivery.state().equals("waiting"),
          delivery.replay(),
          delivery.attempts(),
          delivery.lastError(),
          DisplayTime.of(delivery.createdAt()),
          DisplayTime.ofNullable(delivery.dueAt()));
    }
  }

  /** A request of a delivery. */
  record RequestLine(
      int number,
      DisplayTime at,
      String url,
      long millis,
      @Nullable Integer status,
      @Nullable String answer,
      @Nullable String error,
      @Nullable String decision) {

    static RequestLine of(Attempt attempt) {
      return new RequestLine(
          attempt.number(),
          DisplayTime.of(attempt.at()),
          attempt.url(),
          attempt.took().toMillis(),
          attempt.status(),
          attempt.answer(),
          attempt.error(),
          attempt.decision());
    }
  }

  @GetMapping
  String list(@RequestParam(required = false) @Nullable UUID before, Model model) {
    Page<View> page =
        Page.of(
            webhooks.list(Viewer.organization(), before, PAGE_SIZE + 1),
            PAGE_SIZE,
            Webhook::id,
            View::of);
    model.addAttribute("webhooks", page.items());
    model.addAttribute("next", page.next());
    return "webhooks/list";
  }

  @PostMapping
  String create(
      @RequestParam String url,
      @RequestParam(defaultValue = "") String organization,
      @RequestParam(defaultValue = "") String types,
      RedirectAttributes flash) {
    OrganizationId owner = OrganizationField.orDefault(organization);
    List<String> words =
        Arrays.stream(types.split("[\\s,]+")).filter(word -> !word.isEmpty()).toList();
    return FlashActions.run(
        flash,
        "/console/webhooks",
        null,
        () -> {
          Webhooks.Created created =
              setup.create(
                  owner,
                  () ->
                      new WebhookDraft(url.strip(), null, words, List.of(), List.of(), true, null),
                  ReviewDesk.idOf(Viewer.caller()));
          flash.addFlashAttribute("secret", created.secret().secret());
        });
  }

  @GetMapping("/{id}")
  String show(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable UUID before,
      Model model) {
    Webhook webhook = find(id);
    String state = status == null || status.isEmpty() ? null : status;
    Page<DeliveryLine> page =
        Page.of(
            deliveries.list(id, state, before, PAGE_SIZE + 1),
            PAGE_SIZE,
            Delivery::id,
            DeliveryLine::of);
    model.addAttribute("webhook", View.of(webhook));
    model.addAttribute("keys", secrets.known(id));
    model.addAttribute("deliveries", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("status", state);
    return "webhooks/show";
  }

  @GetMapping("/{id}/deliveries/{delivery}")
  String delivery(@PathVariable UUID id, @PathVariable UUID delivery, Model model) {
    Webhook webhook = find(id);
    Delivery found =
        deliveries.find(id, delivery).orElseThrow(() -> new ResourceNotFound("delivery"));
    model.addAttribute("webhook", View.of(webhook));
    model.addAttribute("delivery", DeliveryLine.of(found));
    model.addAttribute("body", deliveries.body(found, true).orElse(null));
    model.addAttribute(
        "requests", deliveries.attempts(delivery).stream().map(RequestLine::of).toList());
    return "webhooks/delivery";
  }

  @PostMapping("/{id}/pause")
  String pause(@PathVariable UUID id, RedirectAttributes flash) {
    Webhook webhook = find(id);
    return FlashActions.run(
        flash, path(id), "The webhook is paused: its events wait.", () -> switches.pause(webhook));
  }

  @PostMapping("/{id}/resume")
  String resume(@PathVariable UUID id, RedirectAttributes flash) {
    Webhook webhook = find(id);
    return FlashActions.run(
        flash, path(id), "The webhook is resumed.", () -> switches.resume(webhook));
  }

  /** Allows or forbids its receiver to decide on reviews. */
  @PostMapping("/{id}/decides")
  String decides(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestParam boolean allowed,
      RedirectAttributes flash) {
    Webhook webhook = find(id);
    return FlashActions.run(
        flash,
        path(id),
        allowed
            ? "Its receiver may decide on reviews."
            : "Its receiver may no longer decide on reviews.",
        () -> setup.allowDecisions(webhook, allowed ? ReviewDesk.idOf(caller) : null));
  }

  @PostMapping("/{id}/rotate")
  String rotate(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, RedirectAttributes flash) {
    Webhook webhook = find(id);
    return FlashActions.run(
        flash,
        path(id),
        null,
        () ->
            flash.addFlashAttribute(
                "secret", setup.rotate(webhook, OVERLAP, ReviewDesk.idOf(caller)).secret()));
  }

  @PostMapping("/{id}/test")
  String test(@PathVariable UUID id, RedirectAttributes flash) {
    Webhook webhook = find(id);
    return FlashActions.run(
        flash,
        path(id),
        null,
        () -> {
          DeliveryAttempt attempt = setup.test(webhook).attempt();
          flash.addFlashAttribute(
              attempt.succeeded() ? "done" : "refused",
              attempt.succeeded()
                  ? "The receiver answered HTTP " + attempt.status() + "."
                  : "The test failed: " + attempt.error());
        });
  }

  @PostMapping("/{id}/replay")
  String replay(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable UUID event,
      RedirectAttributes flash) {
    Webhook webhook = find(id);
    Replay replay = event == null ? new Replay(null, 0, Long.MAX_VALUE, true) : Replay.of(event);
    return FlashActions.run(
        flash,
        path(id),
        null,
        () ->
            flash.addFlashAttribute(
                "done",
                setup.replay(webhook, replay).deliveries() + " deliveries will be repeated."));
  }

  @PostMapping("/{id}/delete")
  String delete(@PathVariable UUID id, RedirectAttributes flash) {
    Webhook webhook = find(id);
    return FlashActions.run(
        flash, "/console/webhooks", "The webhook is deleted.", () -> switches.delete(webhook));
  }

  private Webhook find(UUID id) {
    return webhooks.find(id).orElseThrow(() -> new ResourceNotFound("webhook"));
  }

  private static String path(UUID id) {
    return "/console/webhooks/" + id;
  }
}
