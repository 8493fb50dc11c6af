package org.byoemail.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.Scope;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.WebhookSetup;
import org.byoemail.operations.setup.WebhookSwitches;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.Permission;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.webhook.DeliveryAttempt;
import org.byoemail.webhook.Replay;
import org.byoemail.webhook.Webhook;
import org.byoemail.webhook.WebhookDeliveries;
import org.byoemail.webhook.WebhookDraft;
import org.byoemail.webhook.WebhookSecrets;
import org.byoemail.webhook.WebhookTests;
import org.byoemail.webhook.Webhooks;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Webhooks with their deliveries and keys. Secrets are shown once. */
@RestController
@RequestMapping("/api/v1/webhooks")
@Tag(name = "webhooks")
class WebhooksController {
  private static final Set<String> STATES = Set.of("waiting", "delivered", "failed");
  private static final int DEFAULT_OVERLAP = 86_400;

  private final WebhookSetup setup;
  private final WebhookSwitches switches;
  private final Webhooks webhooks;
  private final WebhookSecrets secrets;
  private final WebhookDeliveries deliveries;
  private final MergePatch patches;

  WebhooksController(
      WebhookSetup setup,
      WebhookSwitches switches,
      Webhooks webhooks,
      WebhookSecrets secrets,
      WebhookDeliveries deliveries,
      MergePatch patches) {
    this.setup = setup;
    this.switches = switches;
    this.webhooks = webhooks;
    this.secrets = secrets;
    this.deliveries = deliveries;
    this.patches = patches;
  }

  /** The body of a request that rotates keys. */
  @Schema(name = "WebhookRotation")
  record Rotation(
      @Nullable
          @Schema(description = "seconds for which the previous keys also sign; 86400 by default")
          Integer overlap) {}

  /** New keys. */
  @Schema(name = "WebhookKeys")
  record NewKeys(
      @Schema(description = "for v1 (HMAC-SHA256); shown once") String secret,
      @Schema(description = "for v1a (Ed25519)") String publicKey) {
    @Override
    public String toString() {
      return publicKey;
    }
  }

  /** The body of a request that delivers again. */
  @Schema(name = "WebhookReplay")
  record ReplayRequest(
      @Nullable @Schema(description = "id of one event") UUID event,
      @Nullable @Schema(description = "the range starts after this position") Long after,
      @Nullable @Schema(description = "the last position of the range") Long to,
      @Nullable @Schema(description = "only events whose delivery failed for good")
          Boolean failedOnly) {}

  /** The result of a replay. */
  @Schema(name = "WebhookReplayed")
  record ReplayedResponse(
      @Schema(description = "how many deliveries were created") int deliveries,
      @Nullable @Schema(description = "the `after` of the next request; null if there are no more")
          Long next) {}

  /** The result of a test. */
  @Schema(name = "WebhookTest")
  record TestResponse(
      boolean ok,
      @Schema(description = "the header webhook-id") UUID id,
      String requestBody,
      @Nullable @Schema(description = "HTTP status; null if there was no response") Integer status,
      @Nullable @Schema(description = "the first 1,024 bytes of the body") String answer,
      @Nullable String error,
      long durationMillis) {}

  @GetMapping
  @Operation(
      operationId = "listWebhooks",
      summary = "List webhooks",
      description = "Webhooks, the newest first.")
  Page<WebhookResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    List<Webhook> found =
        webhooks.list(
            RequestParams.organization(caller, organization),
            caller.scope(),
            RequestParams.cursor(cursor),
            rows + 1);
    Map<UUID, List<WebhookSecrets.Known>> keys =
        secrets.known(found.stream().map(Webhook::id).toList());
    return Page.of(
        found,
        rows,
        Webhook::id,
        webhook -> WebhookResponse.of(webhook, keys.getOrDefault(webhook.id(), List.of()), null));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      operationId = "createWebhook",
      summary = "Create a webhook",
      description = "Creates a webhook for events from now on. Only this response has its secret.")
  WebhookResponse create(
      @AuthenticationPrincipal Caller caller, @RequestBody WebhookRequest request) {
    Webhooks.Created created =
        setup.create(
            RequestParams.organizationOrDefault(caller, request.organization()),
            () -> limited(caller, request),
            ReviewDesk.idOf(caller));
    return response(created.webhook(), created.secret().secret());
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getWebhook", summary = "Get a webhook")
  WebhookResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return response(find(caller, id), null);
  }

  @PatchMapping("/{id}")
  @Operation(
      operationId = "updateWebhook",
      summary = "Change a webhook",
      description =
          "Changes a webhook, also for waiting deliveries. A JSON merge patch (RFC 7396).")
  WebhookResponse change(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(implementation = WebhookRequest.class)))
          @RequestBody
          ObjectNode patch)
      throws JsonProcessingException {
    Webhook webhook = find(caller, id);
    WebhookRequest request = patches.apply(WebhookRequest.of(webhook), patch, WebhookRequest.class);
    if (!webhook.organization().value().equals(request.organization())) {
      throw new FieldsRefused("organization", "cannot be changed: create another webhook");
    }
    checkDecides(caller, webhook.decides());
    return response(setup.change(webhook, () -> limited(caller, request)), null);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      operationId = "deleteWebhook",
      summary = "Delete a webhook",
      description = "Deletes a webhook with its deliveries; waiting events are not delivered.")
  void delete(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    switches.delete(find(caller, id));
  }

  @PostMapping("/{id}/pause")
  @Operation(
      operationId = "pauseWebhook",
      summary = "Pause a webhook",
      description = "Pauses a webhook: its events wait. 409 if it is paused or disabled.")
  WebhookResponse pause(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    switches.pause(find(caller, id));
    return response(find(caller, id), null);
  }

  @PostMapping("/{id}/resume")
  @Operation(
      operationId = "resumeWebhook",
      summary = "Resume a webhook",
      description =
          "Resumes a webhook that is paused, disabled or failing: waiting events are sent at once.")
  WebhookResponse resume(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    switches.resume(find(caller, id));
    return response(find(caller, id), null);
  }

  @PostMapping("/{id}/rotate")
  @Operation(
      operationId = "rotateWebhookKeys",
      summary = "Replace the signing keys of a webhook",
      description =
          "Creates new keys; the secret is shown once. The previous keys also sign for"
              + " `overlap` seconds.")
  NewKeys rotate(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable Rotation rotation) {
    Integer overlap = rotation == null ? null : rotation.overlap();
    Webhook webhook = find(caller, id);
    // Decisions are signed with the secret.
    checkDecides(caller, webhook.decides());
    WebhookSecrets.NewSecret shown =
        setup.rotate(
            webhook,
            Duration.ofSeconds(Objects.requireNonNullElse(overlap, DEFAULT_OVERLAP)),
            ReviewDesk.idOf(caller));
    return new NewKeys(shown.secret(), shown.publicKey());
  }

  @PostMapping("/{id}/test")
  @Operation(
      operationId = "testWebhook",
      summary = "Send a test event to a webhook",
      description =
          "Posts a test event at once and returns the receiver's response, also while the webhook"
              + " is paused.")
  TestResponse test(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    WebhookTests.Result result = setup.test(find(caller, id));
    DeliveryAttempt attempt = result.attempt();
    return new TestResponse(
        attempt.succeeded(),
        result.id(),
        result.body(),
        attempt.status(),
        attempt.answer(),
        attempt.error(),
        attempt.took().toMillis());
  }

  @PostMapping("/{id}/replay")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "replayWebhookEvents",
      summary = "Deliver events to a webhook again",
      description =
          "Delivers events again: one, or a range of positions, at most 1,000 at a time."
              + " Events whose delivery is waiting are left out.")
  ReplayedResponse replay(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody ReplayRequest request) {
    boolean range = request.after() != null;
    if (range == (request.event() != null)) {
      throw new FieldsRefused("event", "give either event, or after with to");
    }
    Replay replay =
        new Replay(
            request.event(),
            Objects.requireNonNullElse(request.after(), 0L),
            Objects.requireNonNullElse(request.to(), Long.MAX_VALUE),
            Boolean.TRUE.equals(request.failedOnly()));
    WebhookDeliveries.Replayed replayed = setup.replay(find(caller, id), replay);
    return new ReplayedResponse(replayed.deliveries(), replayed.next());
  }

  @GetMapping("/{id}/deliveries")
  @Operation(
      operationId = "listWebhookDeliveries",
      summary = "List the deliveries of a webhook",
      description = "Deliveries, the newest first. Completed ones are kept for some days.")
  Page<WebhookDeliveryResponse> deliveries(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    if (status != null && !STATES.contains(status)) {
      throw new FieldsRefused("status", "must be waiting, delivered or failed");
    }
    int rows = RequestParams.limit(limit);
    return Page.of(
        deliveries.list(find(caller, id).id(), status, RequestParams.cursor(cursor), rows + 1),
        rows,
        WebhookDeliveries.Delivery::id,
        WebhookDeliveryResponse::of);
  }

  @GetMapping("/{id}/deliveries/{delivery}")
  @Operation(
      operationId = "getWebhookDelivery",
      summary = "Get a delivery with its requests",
      description = "A delivery with its requests and the responses to them.")
  WebhookDeliveryResponse delivery(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, @PathVariable UUID delivery) {
    WebhookDeliveries.Delivery found =
        deliveries
            .find(find(caller, id).id(), delivery)
            .orElseThrow(() -> new ResourceNotFound("delivery"));
    return WebhookDeliveryResponse.of(
        found,
        deliveries.body(found, caller.may(Permission.ACCOUNTS_CONNECT)).orElse(null),
        deliveries.attempts(found.id()));
  }

  private static void checkDecides(Caller caller, boolean decides) {
    if (decides && (!caller.may(Permission.REVIEWS_DECIDE) || caller.scope() != null)) {
      throw new PermissionMissing(Permission.REVIEWS_DECIDE);
    }
  }

  private static WebhookDraft limited(Caller caller, WebhookRequest request) {
    checkDecides(caller, Boolean.TRUE.equals(request.decides()));
    WebhookDraft draft =
        request.draft(caller.may(Permission.ACCOUNTS_CONNECT), ReviewDesk.idOf(caller));
    if (!isWithin(caller.scope(), draft.agents(), draft.accounts())) {
      throw new FieldsRefused(
          caller.scope().agents().isEmpty() ? "accounts" : "agents",
          "must name those that the key is bound to, and no others");
    }
    return draft;
  }

  /** A webhook gets events that are of one of its agents and of one of its accounts. */
  private static boolean isWithin(
      @Nullable Scope scope, Collection<UUID> agents, Collection<UUID> accounts) {
    return scope == null
        || !agents.isEmpty() && scope.agents().containsAll(agents)
        || !accounts.isEmpty() && scope.accounts().containsAll(accounts);
  }

  private Webhook find(Caller caller, UUID id) {
    return webhooks
        .find(id)
        .filter(webhook -> caller.sees(webhook.organization()))
        .filter(webhook -> isWithin(caller.scope(), webhook.agents(), webhook.accounts()))
        .orElseThrow(() -> new ResourceNotFound("webhook"));
  }

  private WebhookResponse response(Webhook webhook, @Nullable String secret) {
    return WebhookResponse.of(webhook, secrets.known(webhook.id()), secret);
  }
}
