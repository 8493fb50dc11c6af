package org.byoemail.webhook;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.connection.VettedHttp;
import org.byoemail.webhook.ReviewDecisions.Decision;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads the decision in a receiver's answer to {@code message.review_requested}: {@code
 * {"decision", "version"}}, signed as Standard Webhooks describes over the id of the delivery. That
 * id is given to one delivery of one webhook, so an answer is valid for nothing else. Thread-safe.
 */
@Component
class DecisionAnswers {
  /** The maximum size of such an answer. */
  static final int MAX_BYTES = 4_096;

  private static final Duration TOLERANCE = Duration.ofMinutes(5);
  private static final int MAX_REASON = 1_000;
  private static final String ID = "webhook-id";
  private static final String TIMESTAMP = "webhook-timestamp";
  private static final String SIGNATURE = "webhook-signature";

  private final ReviewDecisions decisions;
  private final WebhookSecrets secrets;
  private final ObjectMapper json;
  private final ObjectReader reader;
  private final Clock clock;
  private final MeterRegistry meters;

  DecisionAnswers(
      ReviewDecisions decisions,
      WebhookSecrets secrets,
      ObjectMapper json,
      Clock clock,
      MeterRegistry meters) {
    this.decisions = decisions;
    this.secrets = secrets;
    this.json = json;
    this.reader =
        json.reader()
            .with(
                DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY,
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    this.clock = clock;
    this.meters = meters;
  }

  /** Thrown for an answer that decides nothing; the message says why. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String why) {
      super(why);
    }
  }

  /**
   * Makes the decision in an answer.
   *
   * @return the outcome of its decision; empty if it has none
   */
  Optional<String> apply(ClaimedDelivery delivery, VettedHttp.Response answer) {
    JsonNode body = body(answer.body());
    if (!answer.headers().containsKey(SIGNATURE) && (body == null || !body.has("decision"))) {
      return Optional.empty();
    }
    UUID review = review(delivery);
    String words;
    String outcome = "refused";
    try {
      Decision decision = decide(delivery, answer, body, review);
      words =
          (decision.approves() ? "approved version " : "rejected version ") + decision.version();
      outcome = "decided";
    } catch (Refused e) {
      String refusal = String.valueOf(e.getMessage());
      words = "no decision: " + refusal;
      if (review != null) {
        decisions.refused(delivery.webhook(), delivery.organization(), review, refusal);
      }
    }
    meters.counter("byo.webhook.decisions", "outcome", outcome).increment();
    return Optional.of(words);
  }

  private Decision decide(
      ClaimedDelivery delivery,
      VettedHttp.Response answer,
      @Nullable JsonNode body,
      @Nullable UUID review)
      throws Refused {
    Decision decision = read(delivery, answer, body, review);
    String refusal = decisions.decide(decision);
    if (refusal != null) {
      throw new Refused(refusal);
    }
    return decision;
  }

  private Decision read(
      ClaimedDelivery delivery,
      VettedHttp.Response answer,
      @Nullable JsonNode body,
      @Nullable UUID review)
      throws Refused {
    if (answer.body().length > MAX_BYTES) {
      throw new Refused("the answer is longer than 4,096 bytes");
    }
    if (!delivery.decides()) {
      throw new Refused("the webhook is not allowed to decide on reviews (its setting decides)");
    }
    WebhookSecrets.CurrentKeys signed = verify(delivery, answer);
    if (body == null || review == null) {
      throw new Refused("the answer is not a JSON object");
    }
    String word = body.path("decision").asText();
    if (!word.equals("approved") && !word.equals("rejected")) {
      throw new Refused("decision must be approved or rejected");
    }
    if (!body.path("version").isInt()) {
      throw new Refused("version must be the number of the version that was reviewed");
    }
    if (body.has("reviewId") && !body.path("reviewId").asText().equals(review.toString())) {
      throw new Refused("reviewId differs from the one in the event");
    }
    boolean approves = word.equals("approved");
    String reason = body.path("reason").isTextual() ? body.path("reason").asText().strip() : "";
    if (!approves && reason.isEmpty()
        || reason.length() > MAX_REASON
        || reason.chars().anyMatch(Character::isISOControl)) {
      throw new Refused("reason must be one line of 1 to 1,000 characters; the agent sees it");
    }
    return new Decision(
        delivery.webhook(),
        delivery.organization(),
        review,
        body.path("version").intValue(),
        approves,
        approves ? null : reason,
        signed.shownTo());
  }

  private WebhookSecrets.CurrentKeys verify(ClaimedDelivery delivery, VettedHttp.Response answer)
      throws Refused {
    Map<String, String> headers = answer.headers();
    String signature = headers.get(SIGNATURE);
    if (signature == null) {
      throw new Refused("the answer is not signed (header webhook-signature)");
    }
    if (!delivery.id().toString().equals(headers.get(ID))) {
      throw new Refused("webhook-id is not the id of this delivery (header webhook-delivery-id)");
    }
    String time = String.valueOf(headers.get(TIMESTAMP));
    if (!time.matches("\\d{1,12}") || !isNow(Long.parseLong(time))) {
      throw new Refused("webhook-timestamp is not within the last five minutes");
    }
    // Read again: previous keys may have expired since the event was sent.
    return secrets.current(delivery.webhook()).stream()
        .filter(
            one ->
                one.keys().verifies(delivery.id(), Long.parseLong(time), answer.body(), signature))
        .findFirst()
        .orElseThrow(() -> new Refused("the signature does not match"));
  }

  private boolean isNow(long seconds) {
    return Duration.between(Instant.ofEpochSecond(seconds), clock.instant())
            .abs()
            .compareTo(TOLERANCE)
        <= 0;
  }

  private @Nullable JsonNode body(byte[] body) {
    if (body.length == 0 || body.length > MAX_BYTES) {
      return null;
    }
    try {
      JsonNode node = reader.readTree(body);
      return node != null && node.isObject() ? node : null;
    } catch (IOException e) {
      // Any text is an answer.
      return null;
    }
  }

  /** The review that the event asks for. */
  private @Nullable UUID review(ClaimedDelivery delivery) {
    try {
      return UUID.fromString(
          json.readTree(String.valueOf(delivery.text())).at("/data/reviewId").asText());
    } catch (JacksonException | IllegalArgumentException e) {
      return null;
    }
  }
}
