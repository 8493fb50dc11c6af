package org.byoemail.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.webhook.Webhook.Health;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests of webhooks whose receivers hang. */
class WebhookTestsTest {
  private final Semaphore begun = new Semaphore(0);
  private final CountDownLatch answer = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final WebhookTests tests =
      new WebhookTests(hanging(), keyless(), new ObjectMapper(), Clock.systemUTC());

  @AfterEach
  void answer() {
    answer.countDown();
    threads.shutdown();
  }

  private WebhookSender hanging() {
    return new WebhookSender(null, null, Clock.systemUTC()) {
      @Override
      DeliveryAttempt send(String url, List<SigningKeys> keys, UUID id, byte[] body) {
        begun.release();
        try {
          answer.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return DeliveryAttempt.failed("hung", Duration.ZERO);
      }
    };
  }

  private static WebhookSecrets keyless() {
    return new WebhookSecrets(null, null) {
      @Override
      List<SigningKeys> signing(UUID webhook) {
        return List.of();
      }
    };
  }

  private static Webhook webhook(String organization) {
    return new Webhook(
        UUID.randomUUID(),
        new OrganizationId(organization),
        "https://hook.example/",
        null,
        List.of(),
        List.of(),
        List.of(),
        false,
        new Health(null, null, null, 0, null, null, null, null, null),
        Instant.EPOCH);
  }

  private CompletableFuture<WebhookTests.Result> begin(String organization) throws Exception {
    CompletableFuture<WebhookTests.Result> running =
        CompletableFuture.supplyAsync(() -> tests.send(webhook(organization)), threads);
    assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    return running;
  }

  @Test
  void organizationWithHangingReceiversLeavesRoomToOthers() throws Exception {
    List<CompletableFuture<WebhookTests.Result>> running = new ArrayList<>();
    running.add(begin("hanging"));
    running.add(begin("hanging"));

    assertThatThrownBy(() -> tests.send(webhook("hanging"))).isInstanceOf(WebhookRefused.class);
    running.add(begin("other"));
    answer.countDown();
    running.forEach(CompletableFuture::join);
    begin("hanging").join();
  }
}
