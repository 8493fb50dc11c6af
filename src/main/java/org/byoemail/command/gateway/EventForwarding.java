package org.byoemail.command.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Posts events as webhooks do (docs/webhooks.md), signed by {@code v1} if there is a secret. */
final class EventForwarding {
  private static final Duration CONNECTING = Duration.ofSeconds(5);
  private static final Duration ANSWERING = Duration.ofSeconds(30);
  private static final String PREFIX = "whsec_";
  private static final String HMAC = "HmacSHA256";

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECTING)
          .build();
  private final ObjectMapper json = new ObjectMapper();
  private final URI receiver;
  private final byte @Nullable [] secret;
  private final Clock clock;

  /**
   * @param secret as the API shows it once, {@code whsec_…}; null: nothing is signed
   * @throws IllegalArgumentException if it is not
   */
  EventForwarding(URI receiver, @Nullable String secret, Clock clock) {
    this.receiver = receiver;
    this.secret = secret == null ? null : key(secret);
    this.clock = clock;
  }

  private static byte[] key(String secret) {
    if (secret.startsWith(PREFIX)) {
      try {
        return Base64.getDecoder().decode(secret.substring(PREFIX.length()));
      } catch (IllegalArgumentException e) {
        // Reported below, without it.
      }
    }
    throw new IllegalArgumentException("the secret must be a webhook's, whsec_...");
  }

  /**
   * Posts an event.
   *
   * @return the status of the answer
   * @throws IOException if there is no answer
   */
  int post(ObjectNode event) throws IOException, InterruptedException {
    ObjectNode payload = event.deepCopy();
    payload.set("timestamp", event.path("createdAt"));
    byte[] body = json.writeValueAsBytes(payload);
    String id = event.path("id").asText();
    long timestamp = clock.instant().getEpochSecond();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(receiver)
            .timeout(ANSWERING)
            .header("Content-Type", "application/json")
            .header("User-Agent", "BYO-Email")
            .header("webhook-id", id)
            .header("webhook-timestamp", String.valueOf(timestamp))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (secret != null) {
      request.header("webhook-signature", "v1," + signature(secret, id, timestamp, body));
    }
    // The time limit ends with the header: a body may never end, and nobody reads it.
    HttpResponse<InputStream> answer =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    answer.body().close();
    return answer.statusCode();
  }

  private static String signature(byte[] secret, String id, long timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret, HMAC));
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an event cannot be signed", e);
    }
  }
}
