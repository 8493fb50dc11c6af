package org.byoemail.webhook;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.account.connection.HostRefused;
import org.byoemail.account.connection.VettedHttp;
import org.byoemail.platform.retry.RetryAfter;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes one attempt: a signed POST to a vetted host. The status of the response decides. Redirects
 * are not followed. Blocks at most for the timeout of an attempt. Thread-safe.
 */
@Component
class WebhookSender {
  /** The maximum size of the response body that is kept. */
  static final int MAX_ANSWER = 1_024;

  static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);
  private static final int MAX_ERROR = 300;
  private static final int GONE = 410;

  /** The id of the delivery, over which a receiver signs its decision on a review. */
  private static final String DELIVERY = "webhook-delivery-id";

  private final VettedHttp http;
  private final WebhookSettings settings;
  private final Clock clock;

  WebhookSender(VettedHttp http, WebhookSettings settings, Clock clock) {
    this.http = http;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Delivers an event once.
   *
   * @param id id of the event, the same for each attempt
   * @param keys at least one
   */
  DeliveryAttempt send(String url, List<SigningKeys> keys, UUID id, byte[] body) {
    return exchange(url, headers(keys, id, body), body, MAX_ANSWER).attempt();
  }

  /**
   * An attempt and the response.
   *
   * @param response null if there was none
   */
  record Exchange(DeliveryAttempt attempt, VettedHttp.@Nullable Response response) {}

  /**
   * Makes an attempt of a delivery.
   *
   * @param keep how many bytes of the response body are read
   */
  Exchange exchange(ClaimedDelivery delivery, byte[] body, int keep) {
    Map<String, String> headers = headers(delivery.keys(), delivery.event(), body);
    headers.put(DELIVERY, delivery.id().toString());
    return exchange(delivery.url(), headers, body, keep);
  }

  private Exchange exchange(String url, Map<String, String> headers, byte[] body, int keep) {
    long began = System.nanoTime();
    try {
      VettedHttp.Response answer =
          http.send(
              new VettedHttp.Request("POST", URI.create(url), headers, body),
              keep,
              settings.timeout());
      return new Exchange(judge(answer, since(began)), answer);
    } catch (HostRefused e) {
      return failed(line(e.getMessage()), began);
    } catch (SocketTimeoutException e) {
      return failed("no answer within " + settings.timeout().toSeconds() + " s", began);
    } catch (IOException e) {
      return failed("no answer: " + line(e.getMessage()), began);
    }
  }

  private static Exchange failed(String error, long began) {
    return new Exchange(DeliveryAttempt.failed(error, since(began)), null);
  }

  private Map<String, String> headers(List<SigningKeys> keys, UUID id, byte[] body) {
    long timestamp = clock.instant().getEpochSecond();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("User-Agent", "BYO-Email");
    headers.put("webhook-id", id.toString());
    headers.put("webhook-timestamp", String.valueOf(timestamp));
    headers.put(
        "webhook-signature",
        keys.stream().map(key -> key.sign(id, timestamp, body)).collect(Collectors.joining(" ")));
    return headers;
  }

  private DeliveryAttempt judge(VettedHttp.Response answer, Duration took) {
    int status = answer.status();
    String error = null;
    if (status >= 300 && status < 400) {
      error = "the receiver redirects (HTTP " + status + "), which is not followed";
    } else if (status == GONE) {
      error = "the receiver wants no more events (HTTP 410)";
    } else if (status < 200 || status >= 300) {
      error = "HTTP " + status;
    }
    return new DeliveryAttempt(
        status,
        text(answer.body()),
        error,
        took,
        error == null
            ? null
            : RetryAfter.parse(
                    answer.headers().get("Retry-After"), clock.instant(), MAX_RETRY_AFTER)
                .orElse(null),
        status == GONE,
        null);
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  // PostgreSQL stores no NUL; malformed UTF-8 becomes U+FFFD.
  private static String text(byte[] body) {
    return new String(body, 0, Math.min(body.length, MAX_ANSWER), StandardCharsets.UTF_8)
        .replace('\0', '\uFFFD');
  }

  private static String line(@Nullable String message) {
    String line = String.valueOf(message).replaceAll("\\p{Cntrl}+", " ");
    return line.length() > MAX_ERROR ? line.substring(0, MAX_ERROR) : line;
  }
}
