package org.byoemail.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.byoemail.account.connection.VettedHttp;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.NumberedEvents;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebServer;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Events to receivers that may be anything, without routes: each test is the timer. */
class WebhookDeliveryTest extends WebTest {
  private static final String PLACE = "localhost/hook";
  private static final Duration WAIT = Duration.ofSeconds(30);

  @Autowired private DeliveryQueue queue;
  @Autowired private WebhookSecrets secrets;
  @Autowired private WebhookSender sender;
  @Autowired private WebhookPayload payload;
  @Autowired private DecisionAnswers answers;
  @Autowired private Events events;
  @Autowired private NumberedEvents numbered;
  @Autowired private TransactionTemplate transactions;
  @Autowired private MeterRegistry meters;
  @Autowired private VettedHttp http;
  @Autowired private ObjectMapper mapper;

  private final WebServer web =
      new WebServer(CertificateAuthority.shared().issueOnlyFor("localhost"));
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private String organization = "";

  private record Received(Headers headers, String body) {
    String id() {
      return headers.getFirst("webhook-id");
    }
  }

  @BeforeEach
  void forgetOthers() {
    organization = fresh("hooked");
    jdbc.sql("DELETE FROM webhook").update();
  }

  @AfterEach
  void close() throws InterruptedException {
    ended.countDown();
    threads.shutdown();
    assertThat(threads.awaitTermination(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    web.close();
    jdbc.sql("DELETE FROM webhook").update();
  }

  /** What one node has: workers and wake-ups of its own. */
  private final class Node {
    private final DeliveryClaims claims;
    private final WebhookDelivery delivery;

    Node(WebhookSettings settings, WebhookSender sender) {
      DeliveryWorkers workers = new DeliveryWorkers(settings, meters);
      DeliveryWakeUp wakeUp = new DeliveryWakeUp(System::nanoTime);
      claims = new DeliveryClaims(queue, workers, wakeUp, secrets, numbered, payload, settings);
      delivery =
          new WebhookDelivery(
              queue,
              workers,
              wakeUp,
              new DeliverySender(sender, answers),
              events,
              transactions,
              meters);
    }

    /** One tick: what was claimed is delivered before it ends. */
    int tick() {
      claims.make();
      List<ClaimedDelivery> claimed = claims.claim();
      List<Future<?>> running = new ArrayList<>();
      for (ClaimedDelivery one : claimed) {
        running.add(threads.submit(() -> delivery.record(delivery.send(one))));
      }
      running.forEach(WebhookDeliveryTest::get);
      return claimed.size();
    }

    void untilIdle() {
      while (tick() > 0) {
        // Again.
      }
    }
  }

  private Node node() {
    return new Node(settings(Duration.ofSeconds(5)), sender);
  }

  private static WebhookSettings settings(Duration timeout) {
    return new WebhookSettings(
        timeout, Duration.ofHours(24), 8, 8, 8, Duration.ofSeconds(2), Duration.ofDays(7));
  }

  private static void get(Future<?> future) {
    try {
      future.get(WAIT.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void deliveryIsVerifiedByTheOfficialLibraryAndByEd25519() throws Exception {
    accept();
    Answer webhook = webhook(Map.of());
    event("message.sent", UUID.randomUUID());

    node().untilIdle();

    Received got = received.get(0);
    HttpHeaders headers = HttpHeaders.of(got.headers(), (name, value) -> true);
    assertThatCode(
            () ->
                new com.standardwebhooks.Webhook(webhook.text("/secret"))
                    .verify(got.body(), headers))
        .doesNotThrowAnyException();
    assertThat(isSigned(got, webhook.text("/keys/0/publicKey"))).isTrue();
    JsonNode body = mapper.readTree(got.body());
    assertThat(body.path("type").asText()).isEqualTo("message.sent");
    assertThat(body.path("id").asText()).isEqualTo(got.id());
    assertThat(body.path("timestamp")).isEqualTo(body.path("createdAt"));
  }

  @Test
  void bothSecretsSignWhileARotationOverlaps() throws Exception {
    accept();
    Answer webhook = webhook(Map.of());
    Answer rotated = post(ADMIN_KEY, path(webhook) + "/rotate", Map.of("overlap", 600));
    event("message.sent", UUID.randomUUID());
    node().untilIdle();
    post(ADMIN_KEY, path(webhook) + "/rotate", Map.of("overlap", 0));
    event("message.sent", UUID.randomUUID());
    node().untilIdle();

    Received overlapping = received.get(0);
    assertThat(verifies(webhook.text("/secret"), overlapping)).isTrue();
    assertThat(verifies(rotated.text("/secret"), overlapping)).isTrue();
    assertThat(isSigned(overlapping, webhook.text("/keys/0/publicKey"))).isTrue();
    assertThat(isSigned(overlapping, rotated.text("/publicKey"))).isTrue();
    assertThat(verifies(rotated.text("/secret"), received.get(1))).isFalse();
  }

  @Test
  void filtersByTypeAccountAndAgent() {
    accept();
    String account = account(organization, organization + "@example.test");
    String agent = get(ADMIN_KEY, "/accounts/" + account).text("/agent");
    webhook(Map.of("types", List.of("account.error"), "accounts", List.of(account)));
    webhook(Map.of("agents", List.of(agent)));
    UUID wanted = event(organization, "account.error", null, UUID.fromString(account));
    UUID otherType = event(organization, "account.recovered", null, UUID.fromString(account));
    event(organization, "account.error", null, UUID.randomUUID());
    event(fresh("other"), "account.error", null, UUID.fromString(account));

    node().untilIdle();

    assertThat(received)
        .extracting(Received::id)
        .containsExactlyInAnyOrder(wanted.toString(), wanted.toString(), otherType.toString());
  }

  @Test
  void onlyTheLaterEventsOfTheMessageWaitAfterAFailure() {
    UUID failing = UUID.randomUUID();
    UUID other = UUID.randomUUID();
    AtomicBoolean refusing = new AtomicBoolean(true);
    page(
        exchange -> {
          Received got = take(exchange);
          boolean refused = refusing.get() && got.body().contains(failing.toString());
          exchange.sendResponseHeaders(refused ? 500 : 200, -1);
        });
    webhook(Map.of());
    event("message.deferred", failing);
    event("message.sent", failing);
    event("message.sent", other);
    node().untilIdle();
    List<String> first = bodies();
    refusing.set(false);
    dueNow();

    node().untilIdle();

    assertThat(first).hasSize(2).anyMatch(body -> body.contains(other.toString()));
    assertThat(bodies().subList(2, 4).get(0)).contains("message.deferred");
    assertThat(bodies().subList(2, 4).get(1)).contains("message.sent");
  }

  @Test
  void twoNodesDeliverEachEventInOrderOfItsMessage() throws Exception {
    int messages = 12;
    int each = 5;
    Map<String, AtomicInteger> underWay = new ConcurrentHashMap<>();
    Set<String> refusedOnce = ConcurrentHashMap.newKeySet();
    List<String> together = new CopyOnWriteArrayList<>();
    Map<String, List<Integer>> accepted = new ConcurrentHashMap<>();
    page(
        exchange -> {
          Received got = take(exchange);
          JsonNode body = mapper.readTree(got.body());
          String message = body.path("messageId").asText();
          AtomicInteger now = underWay.computeIfAbsent(message, any -> new AtomicInteger());
          if (now.incrementAndGet() > 1) {
            together.add(message);
          }
          // Every third event fails the first time.
          boolean refused = body.path("sequence").asInt() % 3 == 0 && refusedOnce.add(got.id());
          if (!refused) {
            accepted
                .computeIfAbsent(message, any -> new CopyOnWriteArrayList<>())
                .add(body.path("sequence").asInt());
          }
          now.decrementAndGet();
          exchange.sendResponseHeaders(refused ? 503 : 204, -1);
        });
    webhook(Map.of());
    List<UUID> ids = new ArrayList<>();
    for (int m = 0; m < messages; m++) {
      ids.add(UUID.randomUUID());
    }
    AtomicBoolean done = new AtomicBoolean();
    List<Future<?>> nodes = new ArrayList<>();
    for (int n = 0; n < 2; n++) {
      Node node = node();
      nodes.add(
          threads.submit(
              () -> {
                while (!done.get()) {
                  node.tick();
                }
              }));
    }
    for (int sequence = 1; sequence <= each; sequence++) {
      for (UUID id : ids) {
        event("message.deferred", id);
      }
    }

    long until = System.nanoTime() + WAIT.toNanos();
    while (accepted.values().stream().mapToInt(List::size).sum() < messages * each
        && System.nanoTime() < until) {
      dueNow();
      Thread.onSpinWait();
    }
    done.set(true);
    nodes.forEach(WebhookDeliveryTest::get);

    assertThat(together).isEmpty();
    assertThat(accepted).hasSize(messages);
    assertThat(accepted.values())
        .allSatisfy(order -> assertThat(order).containsExactly(1, 2, 3, 4, 5));
  }

  @Test
  void answerWithoutEndIsCutAndCounts() {
    page(
        exchange -> {
          take(exchange);
          exchange.sendResponseHeaders(200, 100L << 20);
          byte[] piece = new byte[1 << 16];
          java.util.Arrays.fill(piece, (byte) 'x');
          try {
            for (int i = 0; i < 1600; i++) {
              exchange.getResponseBody().write(piece);
            }
          } catch (IOException e) {
            // The gateway has read enough.
          }
        });
    Answer webhook = webhook(Map.of());
    event("message.sent", UUID.randomUUID());

    node().untilIdle();

    assertThat(received).hasSize(1);
    Answer delivery = onlyDelivery(webhook);
    assertThat(delivery.text("/status")).isEqualTo("delivered");
    assertThat(delivery.text("/requests/0/answer")).hasSize(WebhookSender.MAX_ANSWER);
  }

  @Test
  void receiverThatHangsCostsItsTimeoutAndOpensTheCircuit() {
    page(
        exchange -> {
          take(exchange);
          await(ended);
        });
    Answer dead = webhook(Map.of());
    WebhookSettings impatient = settings(Duration.ofMillis(300));
    Node node =
        new Node(impatient, new WebhookSender(http, impatient, java.time.Clock.systemUTC()));
    for (int i = 0; i < 20; i++) {
      event("message.sent", UUID.randomUUID());
    }
    node.tick();
    int requests = received.size();
    int further = node.tick();

    assertThat(requests).isEqualTo(8);
    assertThat(further).isZero();
    Answer state = get(ADMIN_KEY, path(dead));
    assertThat(state.text("/status")).isEqualTo("failing");
    assertThat(state.body().path("pausedUntil").isNull()).isFalse();
    assertThat(state.text("/lastError")).startsWith("no answer within");
    // Half open: one attempt at a time.
    jdbc.sql("UPDATE webhook SET open_until = statement_timestamp()").update();
    dueNow();
    assertThat(node.tick()).isEqualTo(1);
  }

  @Test
  void deadReceiverDelaysNobody() {
    page(
        exchange -> {
          take(exchange);
          await(ended);
        });
    web.page(
        "localhost/alive",
        exchange -> {
          take(exchange);
          exchange.sendResponseHeaders(200, -1);
        });
    webhook(Map.of("types", List.of("message.sent")));
    Answer alive =
        post(
            ADMIN_KEY,
            "/webhooks",
            Map.of(
                "url",
                "http://localhost:" + web.httpPort() + "/alive",
                "organization",
                organization,
                "types",
                List.of("message.failed")));
    event("message.failed", UUID.randomUUID());
    node().untilIdle();
    for (int i = 0; i < 50; i++) {
      event("message.sent", UUID.randomUUID());
    }
    event("message.failed", UUID.randomUUID());
    WebhookSettings patient = settings(Duration.ofSeconds(30));
    Node node = new Node(patient, new WebhookSender(http, patient, java.time.Clock.systemUTC()));
    node.claims.make();

    // All workers for receivers that are not known to be quick hang.
    List<ClaimedDelivery> claimed = node.claims.claim();
    claimed.forEach(one -> threads.submit(() -> node.delivery.record(node.delivery.send(one))));

    assertThat(claimed).hasSize(9);
    long until = System.nanoTime() + WAIT.toNanos();
    while (onlyDelivered(alive) < 2 && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    assertThat(onlyDelivered(alive)).isEqualTo(2);
  }

  @Test
  void redirectIsNotFollowed() {
    web.page("localhost/inside", "internal");
    web.redirect(PLACE, "http://localhost:" + web.httpPort() + "/inside");
    Answer webhook = webhook(Map.of());
    event("message.sent", UUID.randomUUID());

    node().untilIdle();

    assertThat(web.requests()).doesNotContain("localhost/inside");
    assertThat(onlyDelivery(webhook).text("/lastError")).contains("redirects", "302");
  }

  @Test
  void privateNetworkIsRefused() {
    Answer webhook =
        post(
            ADMIN_KEY,
            "/webhooks",
            Map.of("url", "https://10.1.2.3/hook", "organization", organization));
    event("message.sent", UUID.randomUUID());

    node().untilIdle();

    assertThat(onlyDelivery(webhook).text("/lastError")).contains("has no public address");
  }

  @Test
  void retryAfterIsHonouredWithinBounds() {
    List<String> asked = new CopyOnWriteArrayList<>(List.of("120", "99999999", "nonsense"));
    page(
        exchange -> {
          take(exchange);
          exchange.getResponseHeaders().set("Retry-After", asked.remove(0));
          exchange.sendResponseHeaders(429, -1);
        });
    webhook(Map.of());
    event("message.sent", UUID.randomUUID());
    List<Double> waits = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      dueNow();
      node().untilIdle();
      waits.add(
          jdbc.sql(
                  "SELECT extract(epoch FROM due_at - statement_timestamp()) FROM webhook_delivery")
              .query(Double.class)
              .single());
    }

    assertThat(waits.get(0)).isBetween(110.0, 120.0);
    assertThat(waits.get(1)).isBetween(3500.0, 3600.0);
    assertThat(waits.get(2)).isBetween(30.0, 60.0);
  }

  @Test
  void goneDisablesAndTellsThePlatform() {
    page(
        exchange -> {
          take(exchange);
          exchange.sendResponseHeaders(410, -1);
        });
    Answer webhook = webhook(Map.of());
    event("message.sent", UUID.randomUUID());
    node().untilIdle();
    event("message.sent", UUID.randomUUID());
    node().untilIdle();

    assertThat(received).hasSize(1);
    assertThat(get(ADMIN_KEY, path(webhook)).text("/status")).isEqualTo("disabled");
    assertThat(
            jdbc.sql(
                    "SELECT body ->> 'webhook' FROM event WHERE organization = :o AND type ="
                        + " 'webhook.disabled'")
                .param("o", organization)
                .query(String.class)
                .single())
        .isEqualTo(webhook.text("/id"));
    accept();
    assertThat(post(ADMIN_KEY, path(webhook) + "/resume", null).status()).isEqualTo(200);
    node().untilIdle();
    assertThat(received).hasSize(2);
  }

  @Test
  void deliveryIsGivenUpAfterItsTimeAndCanBeReplayed() {
    page(
        exchange -> {
          take(exchange);
          exchange.sendResponseHeaders(500, -1);
        });
    Answer webhook = webhook(Map.of());
    event("message.sent", UUID.randomUUID());
    node().untilIdle();
    jdbc.sql("UPDATE webhook_delivery SET give_up_at = statement_timestamp() - interval '1 second'")
        .update();
    node().delivery.recover();
    assertThat(onlyDelivery(webhook).text("/status")).isEqualTo("failed");
    accept();
    jdbc.sql("UPDATE webhook SET open_until = NULL").update();

    Answer replayed =
        post(ADMIN_KEY, path(webhook) + "/replay", Map.of("after", 0, "failedOnly", true));
    node().untilIdle();

    assertThat(replayed.status()).isEqualTo(202);
    assertThat(replayed.body().path("deliveries").asInt()).isEqualTo(1);
    assertThat(received).hasSize(2);
    assertThat(received.get(1).id()).isEqualTo(received.get(0).id());
  }

  @Test
  void pausedWebhookGetsWhatHappenedOnceItIsResumed() {
    accept();
    Answer webhook = webhook(Map.of());
    post(ADMIN_KEY, path(webhook) + "/pause", null);
    event("message.sent", UUID.randomUUID());
    node().untilIdle();
    int paused = received.size();

    post(ADMIN_KEY, path(webhook) + "/resume", null);
    node().untilIdle();

    assertThat(paused).isZero();
    assertThat(received).hasSize(1);
  }

  @Test
  void manyWaitingDeliveriesArePausedResumedAndDeletedInSteps() {
    Answer webhook = webhook(Map.of());
    int many = Webhooks.MAX_STEP + 10;
    jdbc.sql(
            """
            INSERT INTO webhook_delivery (id, webhook_id, event_id, position, type, due_at, give_up_at, created_at)
            SELECT gen_random_uuid(), :webhook, gen_random_uuid(), n, 'message.sent', now() + interval '1 day',
              now() + interval '2 days', now() FROM generate_series(1, :many) n
            """)
        .param("webhook", UUID.fromString(webhook.text("/id")))
        .param("many", many)
        .update();
    UUID claimed =
        jdbc.sql(
                """
                UPDATE webhook_delivery SET claim_token = gen_random_uuid(), claimed_until = now() + interval '1 day'
                WHERE id = (SELECT max(id::text)::uuid FROM webhook_delivery) RETURNING id
                """)
            .query(UUID.class)
            .single();

    post(ADMIN_KEY, path(webhook) + "/pause", null);
    int held = waiting("give_up_at = 'infinity'");
    post(ADMIN_KEY, path(webhook) + "/resume", null);
    int due = waiting("give_up_at < 'infinity' AND due_at <= statement_timestamp()");
    long transactions =
        jdbc.sql("SELECT count(DISTINCT xmin::text) FROM webhook_delivery")
            .query(Long.class)
            .single();
    Answer deleted = delete(ADMIN_KEY, path(webhook));

    assertThat(claimed).isNotNull();
    assertThat(held).isEqualTo(many);
    assertThat(due).isEqualTo(many);
    assertThat(transactions).isEqualTo(2);
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(get(ADMIN_KEY, path(webhook)).status()).isEqualTo(404);
    assertThat(waiting("true")).isZero();
  }

  private int waiting(String condition) {
    return jdbc.sql(
            "SELECT count(*) FROM webhook_delivery WHERE state = 'waiting' AND " + condition)
        .query(Integer.class)
        .single();
  }

  @Test
  void longEventIsCutAndNamesTheWhole() throws Exception {
    accept();
    webhook(Map.of());
    UUID id = event("message.sent", UUID.randomUUID());
    jdbc.sql(
            "UPDATE event SET body = jsonb_build_object('status', 'sent', 'submissionId',"
                + " repeat('s', 200), 'metadata', repeat('x', 50000)) WHERE id = :id")
        .param("id", id)
        .update();

    node().untilIdle();

    assertThat(received.get(0).body().length()).isLessThan(WebhookPayload.MAX_BYTES);
    JsonNode body = mapper.readTree(received.get(0).body());
    assertThat(body.at("/data/status").asText()).isEqualTo("sent");
    assertThat(body.at("/data/submissionId").asText()).isEqualTo("s".repeat(200));
    assertThat(body.path("more").asText())
        .isEqualTo("https://gateway.example.test/api/v1/events/" + id);
    Answer whole = get(ADMIN_KEY, "/events/" + id);
    assertThat(whole.text("/data/metadata")).hasSize(50_000);
  }

  @Test
  void receiverGetsTheLinkThatMendsAnAccount() throws Exception {
    String link = "https://mail.acme.test/connect/" + fresh("token");
    Event event =
        new Event(
            UUID.randomUUID(),
            1,
            new OrganizationId(organization),
            "account.needs_reauthorization",
            null,
            UUID.randomUUID(),
            1,
            new ObjectMapper().createObjectNode().put("link", link),
            Instant.EPOCH,
            null);

    JsonNode body = new ObjectMapper().readTree(payload.of(event, true));

    assertThat(body.at("/data/link").asText()).isEqualTo(link);
  }

  @Test
  void keyThatMayNotMakeConnectLinksGetsNoneByWebhook() {
    accept();
    String limited =
        post(
                ADMIN_KEY,
                "/api-keys",
                Map.of(
                    "name",
                    "hooks",
                    "permissions",
                    List.of("webhooks:read", "webhooks:write"),
                    "organization",
                    organization))
            .text("/key");
    Answer webhook = webhook(Map.of());
    mendingEvent();
    node().untilIdle();
    String delivery = path(webhook) + "/deliveries/" + onlyDelivery(webhook).text("/id");

    assertThat(bodies()).singleElement().asString().contains("https://secret.test/");
    assertThat(get(ADMIN_KEY, delivery).text("/requestBody")).contains("https://secret.test/");
    assertThat(get(limited, delivery).text("/requestBody"))
        .contains("invalid_grant")
        .doesNotContain("https://secret.test/");

    // Who changes the URL gets what follows.
    assertThat(patch(limited, path(webhook), Map.of("description", "mine")).status())
        .isEqualTo(200);
    mendingEvent();
    node().untilIdle();

    assertThat(bodies()).hasSize(2);
    assertThat(bodies().get(1)).contains("invalid_grant").doesNotContain("https://secret.test/");
  }

  private void mendingEvent() {
    UUID account = UUID.randomUUID();
    UUID id = event(organization, "account.needs_reauthorization", null, account);
    jdbc.sql(
            """
            UPDATE event SET body = '{"provider":"google","error":"invalid_grant","reason":"revoked",
              "link":"https://secret.test/"}' WHERE id = :id
            """)
        .param("id", id)
        .update();
  }

  @Test
  void consoleShowsWebhooksDeliveriesAndRequests() {
    page(
        exchange -> {
          take(exchange);
          byte[] answer = "<script>no</script>".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(500, answer.length);
          exchange.getResponseBody().write(answer);
        });
    Answer webhook = webhook(Map.of());
    event("message.sent", UUID.randomUUID());
    node().untilIdle();
    String delivery = onlyDelivery(webhook).text("/id");

    String list = page("/console/webhooks");
    String one = page("/console" + path(webhook) + "?status=waiting");
    String requests = page("/console" + path(webhook) + "/deliveries/" + delivery);

    assertThat(list).contains("/console" + path(webhook), "failing", "HTTP 500");
    assertThat(one).contains("message.sent", delivery, webhook.text("/keys/0/publicKey"));
    assertThat(requests).contains("HTTP 500", "&lt;script&gt;no").doesNotContain("<script>no");
    assertThat(list + one + requests).doesNotContain(webhook.text("/secret"));
  }

  @Test
  void claimOfANodeThatStoppedIsTakenOver() {
    accept();
    webhook(Map.of());
    event("message.sent", UUID.randomUUID());
    Node stopped = node();
    stopped.claims.make();
    assertThat(stopped.claims.claim()).hasSize(1);
    Node other = node();
    other.untilIdle();
    int before = received.size();
    jdbc.sql(
            "UPDATE webhook_delivery SET claimed_until = statement_timestamp() - interval '1"
                + " second'")
        .update();

    other.delivery.recover();
    other.untilIdle();

    assertThat(before).isZero();
    assertThat(received).hasSize(1);
  }

  private void accept() {
    page(
        exchange -> {
          take(exchange);
          exchange.sendResponseHeaders(200, -1);
        });
  }

  private void page(WebServer.Page page) {
    web.page(PLACE, page);
  }

  private Received take(HttpExchange exchange) throws IOException {
    Received got =
        new Received(
            exchange.getRequestHeaders(),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    received.add(got);
    return got;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(WAIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Answer webhook(Map<String, ?> more) {
    Map<String, Object> request = new java.util.HashMap<>(more);
    request.put("url", "http://localhost:" + web.httpPort() + "/hook");
    request.put("organization", organization);
    Answer made = post(ADMIN_KEY, "/webhooks", request);
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    return made;
  }

  private static String path(Answer webhook) {
    return "/webhooks/" + webhook.text("/id");
  }

  private UUID event(String type, UUID message) {
    return event(organization, type, message, null);
  }

  /** A numbered event. */
  private UUID event(String of, String type, @Nullable UUID message, @Nullable UUID account) {
    UUID id = new StoredMail(jdbc).event(of, type, message);
    jdbc.sql("UPDATE event SET account_id = :account WHERE id = :id")
        .param("account", account)
        .param("id", id)
        .update();
    return id;
  }

  private void dueNow() {
    jdbc.sql("UPDATE webhook SET open_until = NULL WHERE open_until IS NOT NULL").update();
    jdbc.sql(
            """
            UPDATE webhook_delivery SET due_at = statement_timestamp()
            WHERE state = 'waiting' AND claim_token IS NULL AND due_at > statement_timestamp()
            """)
        .update();
  }

  private List<String> bodies() {
    return received.stream().map(Received::body).toList();
  }

  private int onlyDelivered(Answer webhook) {
    return get(ADMIN_KEY, path(webhook) + "/deliveries?status=delivered")
        .body()
        .path("items")
        .size();
  }

  private Answer onlyDelivery(Answer webhook) {
    JsonNode items = get(ADMIN_KEY, path(webhook) + "/deliveries").body().path("items");
    assertThat(items).hasSize(1);
    return get(ADMIN_KEY, path(webhook) + "/deliveries/" + items.get(0).path("id").asText());
  }

  private static boolean verifies(String secret, Received got) {
    try {
      new com.standardwebhooks.Webhook(secret)
          .verify(got.body(), HttpHeaders.of(got.headers(), (name, value) -> true));
      return true;
    } catch (com.standardwebhooks.exceptions.WebhookVerificationException e) {
      return false;
    }
  }

  private static boolean isSigned(Received got, String publicKey) throws Exception {
    byte[] raw = Base64.getDecoder().decode(publicKey.replaceFirst("^whpk_", ""));
    byte[] prefix = HexFormat.of().parseHex("302a300506032b6570032100");
    byte[] encoded = new byte[prefix.length + raw.length];
    System.arraycopy(prefix, 0, encoded, 0, prefix.length);
    System.arraycopy(raw, 0, encoded, prefix.length, raw.length);
    PublicKey key =
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    String content =
        got.id() + "." + got.headers().getFirst("webhook-timestamp") + "." + got.body();
    for (String part : got.headers().getFirst("webhook-signature").split(" ")) {
      if (part.startsWith("v1a,")) {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(key);
        signature.update(content.getBytes(StandardCharsets.UTF_8));
        if (signature.verify(
            Base64.getDecoder().decode(Objects.requireNonNull(part).substring(4)))) {
          return true;
        }
      }
    }
    return false;
  }
}
