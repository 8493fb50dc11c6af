package org.byoemail.webhook;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.stereotype.Component;

/**
 * Sends a test event to a webhook at once, bypassing the queue, and returns the response. A bounded
 * number at a time. Thread-safe.
 */
@Component
public class WebhookTests {
  /** The type of the test event; no other event has it. */
  public static final String TYPE = "webhook.test";

  private static final int MAX_AT_A_TIME = 8;

  /** Receivers that hang must not keep other organizations from testing theirs. */
  private static final int MAX_OF_ORGANIZATION = 2;

  private final WebhookSender sender;
  private final WebhookSecrets secrets;
  private final ObjectMapper json;
  private final Clock clock;
  private final Map<OrganizationId, Integer> running = new HashMap<>();

  WebhookTests(WebhookSender sender, WebhookSecrets secrets, ObjectMapper json, Clock clock) {
    this.sender = sender;
    this.secrets = secrets;
    this.json = json;
    this.clock = clock;
  }

  /**
   * The result of a test.
   *
   * @param body the request body
   */
  public record Result(UUID id, String body, DeliveryAttempt attempt) {}

  /**
   * Sends the test; blocks at most for the timeout of an attempt.
   *
   * @throws WebhookRefused if too many tests are running
   */
  public Result send(Webhook webhook) {
    enter(webhook.organization());
    try {
      UUID id = Ids.next();
      String body =
          json.createObjectNode()
              .put("id", id.toString())
              .put("type", TYPE)
              .put("organization", webhook.organization().value())
              .put("timestamp", clock.instant().toString())
              .set("data", json.createObjectNode().put("webhook", webhook.id().toString()))
              .toString();
      DeliveryAttempt attempt =
          sender.send(
              webhook.url(),
              secrets.signing(webhook.id()),
              id,
              body.getBytes(StandardCharsets.UTF_8));
      return new Result(id, body, attempt);
    } finally {
      leave(webhook.organization());
    }
  }

  private synchronized void enter(OrganizationId organization) {
    int own = running.getOrDefault(organization, 0);
    int all = running.values().stream().mapToInt(Integer::intValue).sum();
    if (own >= MAX_OF_ORGANIZATION || all >= MAX_AT_A_TIME) {
      throw new WebhookRefused("too many tests of webhooks are running: try again in some seconds");
    }
    running.put(organization, own + 1);
  }

  private synchronized void leave(OrganizationId organization) {
    running.computeIfPresent(
        organization, (any, now) -> now == 1 ? null : Integer.valueOf(now - 1));
  }
}
