package org.byoemail.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.byoemail.support.ApiClient;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GatewayBeans;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.SpanReceiver.Span;
import org.byoemail.support.StompProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A mail's trace from its producer over several nodes to its event, as an OTLP receiver gets it.
 * Run over the nodes of {@link ClusterFaultsIT}.
 */
abstract class ClusterTraces {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String CLAIMS = "\"outbound-claim\"";

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();

  private final Cluster cluster;
  private final ApiClient api;

  ClusterTraces(Cluster cluster) {
    this.cluster = cluster;
    this.api = cluster.node("a").api();
  }

  @Test
  void mailThatOneNodeAcceptsAndAnotherSendsIsOneTrace() throws Exception {
    MailUser user = DOVECOT.freshUser("trace");
    String account =
        api.account(
            api.openAgent(user.address()),
            user.address(),
            RealAccounts.smtp(POSTFIX, user),
            RealAccounts.imap(DOVECOT, user));
    String byHttp = trace();
    String byStomp = trace();
    String byAmqp = trace();
    String malformed = trace().substring(2) + "XY";

    try (GatewayBeans a = GatewayBeans.of(cluster.node("a").pid());
        GatewayBeans c = GatewayBeans.of(cluster.node("c").pid())) {
      a.invoke("routes", CLAIMS, "stop");
      c.invoke("routes", CLAIMS, "stop");
      post(user, "http", byHttp);
      post(user, "malformed", malformed);
      try (StompProducer stomp = new StompProducer(cluster.services().broker().stompPort())) {
        stomp.send(submission(user, "stomp"), Map.of("traceparent", traceparent(byStomp)));
        stomp.finish();
      }
      sendByAmqp(submission(user, "amqp"), traceparent(byAmqp));

      for (String trace : List.of(byHttp, byStomp, byAmqp)) {
        assertWholeWay(trace, account);
      }
      assertThat(spans(byHttp)).filteredOn(named("http post")).isNotEmpty().allMatch(on("a"));
      assertThat(ClusterAccounts.SPANS.spans())
          .filteredOn(named("email.smtp.send"))
          .filteredOn(span -> account.equals(span.attributes().get("account_id")))
          .hasSize(4)
          .allMatch(on("b"));
      assertThat(ClusterAccounts.SPANS.text()).doesNotContain(malformed);
    } finally {
      for (String node : List.of("a", "c")) {
        try (GatewayBeans beans = GatewayBeans.of(cluster.node(node).pid())) {
          beans.invoke("routes", CLAIMS, "start");
        }
      }
    }
    assertReceived(account);
    assertThat(ClusterAccounts.SPANS.text()).doesNotContain(user.password());
  }

  /** From the producer's span through accepting and sending to the event. */
  private void assertWholeWay(String trace, String account) {
    await("the whole trace " + trace)
        .atMost(PATIENCE)
        .until(
            () ->
                spans(trace).stream().anyMatch(named("email.event.publish"))
                    && spans(trace).stream().anyMatch(named("email.smtp.send"))
                    && spans(trace).stream().anyMatch(span -> SPAN.equals(span.parent())));
    Span sent = one(trace, "email.smtp.send");
    Span accepted =
        spans(trace).stream()
            .filter(span -> span.id().equals(sent.parent()))
            .findAny()
            .orElseThrow();
    assertThat(accepted.name()).isIn("email.outbound.accept", "http post /api/v1/messages");
    assertThat(accepted.parent()).isEqualTo(SPAN);
    assertThat(one(trace, "email.event.publish").parent()).isEqualTo(sent.id());
    assertThat(sent.attributes())
        .containsEntry("server.address", "localhost")
        .containsEntry("server.port", String.valueOf(POSTFIX.submissionPort()))
        .containsEntry("security", "starttls")
        .containsEntry("outcome", "accepted")
        .containsEntry("account_id", account)
        .containsEntry("to_count", "1")
        .containsKeys("message_id", "attempt_id");
    JsonNode event = event("message.sent", sent.attributes().get("message_id"));
    assertThat(event.path("traceparent").asText())
        .isEqualTo("00-" + trace + "-" + sent.id() + "-01");
  }

  /** From the fetch through ingest to the event. */
  private void assertReceived(String account) {
    JsonNode received =
        await("mail received at " + account)
            .atMost(PATIENCE)
            .until(
                () -> events("message.received", "accountId", account), found -> !found.isEmpty())
            .get(0);
    String trace = received.path("traceparent").asText().split("-")[1];
    await("the trace of a fetch")
        .atMost(PATIENCE)
        .until(
            () ->
                spans(trace).stream().anyMatch(named("email.imap.poll"))
                    && spans(trace).stream().anyMatch(named("email.event.publish")));
    Span fetched = one(trace, "email.imap.poll");
    assertThat(fetched.attributes()).containsEntry("account_id", account).containsKey("security");
    assertThat(spans(trace))
        .filteredOn(named("email.inbound.ingest"))
        .isNotEmpty()
        .allMatch(span -> span.parent().equals(fetched.id()));
  }

  private static java.util.function.Predicate<Span> named(String start) {
    return span -> span.name().startsWith(start);
  }

  private static java.util.function.Predicate<Span> on(String node) {
    return span -> span.node().equals(node);
  }

  private static List<Span> spans(String trace) {
    return ClusterAccounts.SPANS.spans().stream()
        .filter(span -> span.trace().equals(trace))
        .toList();
  }

  private static Span one(String trace, String name) {
    return spans(trace).stream().filter(named(name)).findFirst().orElseThrow();
  }

  private JsonNode event(String type, String message) {
    return await("the event of " + message)
        .atMost(PATIENCE)
        .until(() -> events(type, "messageId", message), found -> !found.isEmpty())
        .get(0);
  }

  private List<JsonNode> events(String type, String field, String value) {
    java.util.List<JsonNode> found = new java.util.ArrayList<>();
    long after = 0;
    while (true) {
      JsonNode page =
          ApiClient.expect(200, api.get("/events?limit=200&type=" + type + "&after=" + after))
              .body();
      for (JsonNode event : page.path("items")) {
        if (event.path(field).asText().equals(value)) {
          found.add(event);
        }
      }
      if (page.path("items").isEmpty()) {
        return found;
      }
      after = page.path("next").asLong();
    }
  }

  private void post(MailUser user, String name, String trace) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://127.0.0.1:"
                                + cluster.node("a").httpPort()
                                + "/api/v1/messages"))
                    .header("Authorization", "Bearer " + GatewayProcess.ADMIN_KEY)
                    .header("Content-Type", "application/json")
                    .header("traceparent", traceparent(trace))
                    .header("tracestate", "vendor=of-a-stranger")
                    .header("baggage", "of=a-stranger")
                    .timeout(PATIENCE)
                    .POST(HttpRequest.BodyPublishers.ofString(submission(user, name)))
                    .build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  private void sendByAmqp(String body, String traceparent) throws JMSException {
    JmsConnectionFactory factory =
        new JmsConnectionFactory(
            "producer",
            GatewayProcess.PRODUCER_PASSWORD,
            "amqp://127.0.0.1:" + cluster.services().broker().amqpPort());
    try (Connection connection = factory.createConnection();
        Session session = connection.createSession()) {
      TextMessage message = session.createTextMessage(body);
      message.setStringProperty("traceparent", traceparent);
      session.createProducer(session.createQueue("email.outbound")).send(message);
    }
  }

  private static String submission(MailUser user, String name) {
    return "{\"id\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"subject\":\"%s\",\"body\":\"Text.\"}"
        .formatted(name + "-" + UUID.randomUUID(), user.address(), user.address(), "trace " + name);
  }

  private static String traceparent(String trace) {
    return "00-" + trace + "-" + SPAN + "-01";
  }

  private static String trace() {
    byte[] bytes = new byte[16];
    ThreadLocalRandom.current().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
