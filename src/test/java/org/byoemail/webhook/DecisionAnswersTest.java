package org.byoemail.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.byoemail.account.connection.VettedHttp;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.ReviewWebTest;
import org.byoemail.support.WebServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Decisions on reviews in the answers of webhooks' receivers, signed and otherwise. */
class DecisionAnswersTest extends ReviewWebTest {
  @Autowired private DecisionAnswers answers;
  @Autowired private DeliverySender sender;
  @Autowired private WebhookSecrets secrets;

  private Answer webhook;

  @BeforeEach
  void careful() {
    webhook = webhook(operator, true);
  }

  @Test
  void signedAnswerApprovesTheVersionAndSaysSoInTheDelivery() throws Exception {
    String message = message();

    String said = answer(delivery(webhook, message), approval(1));

    assertThat(said).isEqualTo("approved version 1");
    assertThat(state(message)).isEqualTo("approved");
    assertThat(get(operator, "/reviews/" + review(message)).text("/decisions/0/reviewer"))
        .isEqualTo("webhook:" + webhook.text("/id"));
  }

  @Test
  void signedAnswerRejectsWithTheReasonThatTheAgentSees() throws Exception {
    String message = message();

    String without =
        answer(delivery(webhook, message), "{\"decision\":\"rejected\",\"version\":1}");
    String said =
        answer(
            delivery(webhook, message),
            "{\"decision\":\"rejected\",\"version\":1,\"reason\":\"wrong price\"}");

    assertThat(without).startsWith("no decision: reason");
    assertThat(said).isEqualTo("rejected version 1");
    assertThat(state(message)).isEqualTo("rejected");
  }

  @Test
  void answersThatAreForgedOrLateOrOfAnotherDeliveryDecideNothingAndAreSaid() throws Exception {
    String message = message();
    ClaimedDelivery delivery = delivery(webhook, message);
    Answer other = webhook(operator, true);
    Instant now = Instant.now();

    List<String> said = new ArrayList<>();
    said.add(said(delivery, headers(null, delivery.id(), now, approval(1)), approval(1)));
    said.add(
        said(
            delivery,
            headers(other.text("/secret"), delivery.id(), now, approval(1)),
            approval(1)));
    said.add(said(delivery, headers(secret(), UUID.randomUUID(), now, approval(1)), approval(1)));
    said.add(said(delivery, headers(secret(), delivery.event(), now, approval(1)), approval(1)));
    said.add(
        said(
            delivery,
            headers(secret(), delivery.id(), now.minus(Duration.ofMinutes(6)), approval(1)),
            approval(1)));
    said.add(said(delivery, headers(secret(), delivery.id(), now, approval(1)), approval(2)));
    said.add(answer(delivery, approval(2)));
    said.add(answer(delivery, "{\"decision\":\"approve\",\"version\":1}"));
    said.add(answer(delivery, "{\"decision\":\"approved\",\"version\":\"1\"}"));
    said.add(answer(delivery, "{\"decision\":\"approved\",\"version\":1} {}"));
    said.add(
        answer(
            delivery,
            "{\"decision\":\"approved\",\"version\":1,\"reviewId\":\""
                + UUID.randomUUID()
                + "\"}"));
    said.add(
        answer(
            delivery,
            "{\"decision\":\"approved\",\"version\":1,\"x\":\"" + "x".repeat(5_000) + "\"}"));

    assertThat(said).allMatch(one -> one.startsWith("no decision: "));
    assertThat(said.get(0)).contains("not signed");
    assertThat(said.get(1)).contains("signature does not match");
    assertThat(said.get(2)).contains("webhook-id");
    assertThat(said.get(3)).contains("webhook-id");
    assertThat(said.get(4)).contains("webhook-timestamp");
    assertThat(said.get(5)).contains("signature does not match");
    assertThat(said.get(6)).contains("version 1 is to be decided, not 2");
    assertThat(said.get(11)).contains("longer than 4,096 bytes");
    assertThat(state(message)).isEqualTo("requested");
    String dossier = get(operator, "/messages/" + message + "/dossier").body().toString();
    assertThat(dossier)
        .contains(
            "answer-refused", "webhook:" + webhook.text("/id"), "the signature does not match");
  }

  @Test
  void plainAcknowledgementDecidesNothing() throws Exception {
    String message = message();

    assertThat(said(delivery(webhook, message), Map.of(), "ok")).isNull();
    assertThat(said(delivery(webhook, message), Map.of(), "")).isNull();
    assertThat(said(delivery(webhook, message), Map.of(), "{\"ok\":true}")).isNull();
    assertThat(state(message)).isEqualTo("requested");
  }

  @Test
  void sameAnswerAgainChangesNothingAndAnotherOneIsTooLate() throws Exception {
    String message = message();
    ClaimedDelivery delivery = delivery(webhook, message);
    answer(delivery, approval(1));

    assertThat(answer(delivery, approval(1))).isEqualTo("approved version 1");
    assertThat(answer(delivery, "{\"decision\":\"rejected\",\"version\":1,\"reason\":\"no\"}"))
        .contains("approved already");
    assertThat(
            jdbc.sql("SELECT count(*) FROM outbound_delivery WHERE message_id = :id")
                .param("id", UUID.fromString(message))
                .query(Long.class)
                .single())
        .isOne();
  }

  @Test
  void afterItsTimeNothingIsDecided() throws Exception {
    String message = message();
    expire(message);

    assertThat(answer(delivery(webhook, message), approval(1))).contains("its time");
    assertThat(state(message)).isEqualTo("requested");
  }

  @Test
  void webhookThatIsNotAllowedOrNoLongerOrOfAnotherOrganizationDecidesNothing() throws Exception {
    String message = message();
    Answer plain = webhook(operator, false);
    Answer foreign = webhook(key("operator", fresh("foreign")), true);
    ClaimedDelivery allowed = delivery(webhook, message);

    assertThat(
            said(
                delivery(plain, message),
                headers(plain.text("/secret"), null, Instant.now(), approval(1)),
                approval(1)))
        .contains("not allowed to decide");
    ClaimedDelivery theirs = delivery(foreign, message);
    assertThat(
            said(
                theirs,
                headers(foreign.text("/secret"), theirs.id(), Instant.now(), approval(1)),
                approval(1)))
        .contains("no such review");
    patch(operator, "/webhooks/" + webhook.text("/id"), Map.of("decides", false));
    assertThat(answer(allowed, approval(1))).contains("no longer allowed to decide on reviews");
    assertThat(state(message)).isEqualTo("requested");
  }

  @Test
  void keyThatSubmittedTheMessageDecidesNothingByItsWebhook() throws Exception {
    Answer own = webhook(operator, true);
    String submitted = message(operator);

    assertThat(said(delivery(own, submitted), null, approval(1))).contains("submitted the message");
    assertThat(state(submitted)).isEqualTo("requested");
  }

  @Test
  void fourEyesCountTheWebhookAsOneReviewerAndAsOneWithWhoAllowedIt() throws Exception {
    always(true);
    String message = message();

    answer(delivery(webhook, message), approval(1));
    answer(delivery(webhook, message), approval(1));
    post(operator, "/reviews/" + review(message) + "/approve", Map.of("version", 1));
    String half = state(message);
    post(
        key("operator", organization),
        "/reviews/" + review(message) + "/approve",
        Map.of("version", 1));

    assertThat(half).isEqualTo("requested");
    assertThat(state(message)).isEqualTo("approved");
  }

  @Test
  void twoWebhooksThatOneKeyAllowedAreOneReviewer() throws Exception {
    always(true);
    Answer other = webhook(operator, true);
    Answer ofAnother = webhook(key("operator", organization), true);
    String message = message();

    answer(delivery(webhook, message), approval(1));
    assertThat(said(delivery(other, message), null, approval(1))).isEqualTo("approved version 1");
    String half = state(message);
    said(delivery(ofAnother, message), null, approval(1));

    assertThat(half).isEqualTo("requested");
    assertThat(state(message)).isEqualTo("approved");
  }

  @Test
  void previousSecretDecidesNothingOnceItsOverlapHasEnded() throws Exception {
    String message = message();
    ClaimedDelivery claimed = delivery(webhook, message);
    String path = "/webhooks/" + webhook.text("/id") + "/rotate";
    post(operator, path, Map.of("overlap", 3_600));
    String other = message();
    String whileBothSign = answer(delivery(webhook, other), approval(1));

    jdbc.sql(
            "UPDATE webhook_secret SET expires_at = statement_timestamp()"
                + " WHERE webhook_id = :id AND expires_at IS NOT NULL")
        .param("id", UUID.fromString(webhook.text("/id")))
        .update();
    String after = answer(claimed, approval(1));

    assertThat(whileBothSign).isEqualTo("approved version 1");
    assertThat(after).contains("signature does not match");
    assertThat(state(message)).isEqualTo("requested");
  }

  @Test
  void webhookCountsAsOneWithTheKeyThatSawItsSecretEvenIfAnotherAllowedIt() throws Exception {
    always(true);
    Answer seen = webhook(operator, false);
    patch(key("operator", organization), "/webhooks/" + seen.text("/id"), Map.of("decides", true));
    String message = message();
    Answer deciding = get(operator, "/webhooks/" + seen.text("/id"));

    String said = said(delivery(deciding, message), null, approval(1));
    post(operator, "/reviews/" + review(message) + "/approve", Map.of("version", 1));

    assertThat(said).isEqualTo("approved version 1");
    assertThat(state(message)).isEqualTo("requested");
  }

  @Test
  void whileANodeRunsThatCountsOtherwiseNobodyAppointedIsOneOfFourEyes() throws Exception {
    always(true);
    String message = message();
    jdbc.sql(
            "INSERT INTO gateway_node (id, name, migration, started_at, seen_at)"
                + " VALUES (:id, 'counts otherwise', 164, now(), now())")
        .param("id", UUID.randomUUID())
        .update();

    String said = answer(delivery(webhook, message), approval(1));
    jdbc.sql("DELETE FROM gateway_node WHERE name = 'counts otherwise'").update();

    assertThat(said).contains("a node of an older release");
    assertThat(answer(delivery(webhook, message), approval(1))).isEqualTo("approved version 1");
  }

  @Test
  void whoAllowedAWebhookStaysSoUntilItsReceiverChanges() {
    String path = "/webhooks/" + webhook.text("/id");
    String other = key("operator", organization);
    String first = allowedBy();

    patch(other, path, Map.of("description", "another", "decides", true));
    String edited = allowedBy();
    post(other, path + "/rotate", null);
    String rotated = allowedBy();
    patch(operator, path, Map.of("url", "https://else.test/hook"));

    assertThat(edited).isEqualTo(first);
    assertThat(rotated).isNotEqualTo(first);
    assertThat(allowedBy()).isEqualTo(first);
  }

  private String allowedBy() {
    return jdbc.sql("SELECT decides_by FROM webhook WHERE id = :id")
        .param("id", UUID.fromString(webhook.text("/id")))
        .query(String.class)
        .single();
  }

  @Test
  void webhookThatDecidesIsMadeAndChangedByReviewersOnly() {
    Map<String, Object> permissions = new HashMap<>();
    permissions.put("name", fresh("hooks"));
    permissions.put("permissions", List.of("webhooks:read", "webhooks:write"));
    permissions.put("organization", organization);
    String hooks = post(ADMIN_KEY, "/api-keys", permissions).text("/key");
    String path = "/webhooks/" + webhook.text("/id");

    assertThat(webhookStatus(hooks, true)).isEqualTo(403);
    assertThat(webhookStatus(hooks, false)).isEqualTo(201);
    assertThat(patch(hooks, path, Map.of("url", "https://evil.test/")).status()).isEqualTo(403);
    assertThat(post(hooks, path + "/rotate", null).status()).isEqualTo(403);
    assertThat(post(hooks, path + "/pause", null).status()).isEqualTo(200);
    assertThat(get(operator, path).body().path("decides").asBoolean()).isTrue();
  }

  @Test
  void answerOverHttpIsSignedWithTheOfficialLibrary() throws Exception {
    String message = message();
    byte[] body = approval(1).getBytes(StandardCharsets.UTF_8);
    try (WebServer web = new WebServer(CertificateAuthority.shared().issueOnlyFor("localhost"))) {
      web.page(
          "localhost/hook",
          exchange -> {
            String id = exchange.getRequestHeaders().getFirst("webhook-delivery-id");
            long now = Instant.now().getEpochSecond();
            exchange.getResponseHeaders().set("webhook-id", id);
            exchange.getResponseHeaders().set("webhook-timestamp", String.valueOf(now));
            exchange
                .getResponseHeaders()
                .set("webhook-signature", signature(secret(), id, now, approval(1)));
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      ClaimedDelivery delivery =
          delivery(webhook, message, "http://localhost:" + web.httpPort() + "/hook");

      DeliveryAttempt attempt = sender.send(delivery);

      assertThat(attempt.succeeded()).isTrue();
      assertThat(attempt.decision()).isEqualTo("approved version 1");
      assertThat(state(message)).isEqualTo("approved");
    }
  }

  private String secret() {
    return webhook.text("/secret");
  }

  private static String approval(int version) {
    return "{\"decision\":\"approved\",\"version\":" + version + "}";
  }

  private @Nullable String answer(ClaimedDelivery delivery, String body) {
    return said(delivery, headers(secret(), delivery.id(), Instant.now(), body), body);
  }

  /** What became of it; headers null: signed as it should be, by the secret of its webhook. */
  private @Nullable String said(
      ClaimedDelivery delivery, @Nullable Map<String, String> headers, String body) {
    Map<String, String> sent = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (headers == null) {
      long now = Instant.now().getEpochSecond();
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      sent.put("webhook-id", delivery.id().toString());
      sent.put("webhook-timestamp", String.valueOf(now));
      sent.put("webhook-signature", delivery.keys().get(0).sign(delivery.id(), now, bytes));
    } else {
      sent.putAll(headers);
    }
    return answers
        .apply(delivery, new VettedHttp.Response(200, sent, body.getBytes(StandardCharsets.UTF_8)))
        .orElse(null);
  }

  private static Map<String, String> headers(
      @Nullable String secret, @Nullable UUID id, Instant at, String body) {
    Map<String, String> headers = new HashMap<>();
    headers.put("webhook-id", String.valueOf(id));
    headers.put("webhook-timestamp", String.valueOf(at.getEpochSecond()));
    if (secret != null) {
      headers.put(
          "webhook-signature", signature(secret, String.valueOf(id), at.getEpochSecond(), body));
    }
    return headers;
  }

  private static String signature(String secret, String id, long at, String body) {
    try {
      return new Webhook(secret).sign(id, at, body);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private ClaimedDelivery delivery(Answer hook, String message) {
    return delivery(hook, message, "http://localhost:1/hook");
  }

  private ClaimedDelivery delivery(Answer hook, String message, String url) {
    UUID id = UUID.fromString(hook.text("/id"));
    String payload =
        "{\"type\":\"message.review_requested\",\"data\":{\"reviewId\":\""
            + review(message)
            + "\",\"version\":1}}";
    return new ClaimedDelivery(
        UUID.randomUUID(),
        UUID.randomUUID(),
        id,
        UUID.randomUUID(),
        "message.review_requested",
        new OrganizationId(hook.text("/organization")),
        url,
        1,
        false,
        secrets.signing(id),
        hook.body().path("decides").asBoolean(),
        payload.getBytes(StandardCharsets.UTF_8));
  }

  private Answer webhook(String key, boolean decides) {
    return post(key, "/webhooks", Map.of("url", "http://localhost:1/hook", "decides", decides));
  }

  private int webhookStatus(String key, boolean decides) {
    return webhook(key, decides).status();
  }
}
