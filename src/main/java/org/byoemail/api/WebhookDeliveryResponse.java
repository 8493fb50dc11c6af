package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.webhook.WebhookDeliveries.Attempt;
import org.byoemail.webhook.WebhookDeliveries.Delivery;
import org.jspecify.annotations.Nullable;

/** A delivery in a response; with body and attempts where it is shown alone. */
@Schema(name = "WebhookDelivery")
record WebhookDeliveryResponse(
    UUID id,
    UUID event,
    @Schema(description = "of the event") long position,
    @Schema(description = "of the event") String type,
    @Nullable @Schema(description = "the message of the event, or else its account") UUID about,
    boolean replay,
    @Schema(allowableValues = {"waiting", "delivered", "failed"}) String status,
    int attempts,
    @Nullable @Schema(description = "time of the next attempt") Instant nextAttemptAt,
    @Nullable String lastError,
    Instant createdAt,
    @Nullable Instant endedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        @Schema(description = "the body of each request; only where the delivery is shown alone")
        String requestBody,
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        @Schema(description = "only where the delivery is shown alone")
        List<AttemptResponse> requests) {

  /** One attempt of a delivery. */
  @Schema(name = "WebhookAttempt")
  record AttemptResponse(
      int number,
      Instant at,
      String url,
      long durationMillis,
      @Nullable @Schema(description = "HTTP status; null if there was no response") Integer status,
      @Nullable @Schema(description = "the first 1,024 bytes of the body") String answer,
      @Nullable @Schema(description = "null if the receiver accepted the event") String error,
      @Nullable
          @Schema(
              description =
                  "the outcome of a decision on a review in the answer; null: it had none")
          String decision) {

    static AttemptResponse of(Attempt attempt) {
      return new AttemptResponse(
          attempt.number(),
          attempt.at(),
          attempt.url(),
          attempt.took().toMillis(),
          attempt.status(),
          attempt.answer(),
          attempt.error(),
          attempt.decision());
    }
  }

  static WebhookDeliveryResponse of(Delivery delivery) {
    return of(delivery, null, null);
  }

  static WebhookDeliveryResponse of(
      Delivery delivery, @Nullable String body, @Nullable List<Attempt> attempts) {
    return new WebhookDeliveryResponse(
        delivery.id(),
        delivery.event(),
        delivery.position(),
        delivery.type(),
        delivery.about(),
        delivery.replay(),
        delivery.state(),
        delivery.attempts(),
        delivery.dueAt(),
        delivery.lastError(),
        delivery.createdAt(),
        delivery.endedAt(),
        body,
        attempts == null ? null : attempts.stream().map(AttemptResponse::of).toList());
  }
}
