package org.byoemail.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.support.ApiClient;
import org.byoemail.support.OutboundAccounts;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.Services;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The route that claims mail, which an operator suspends, stops and starts by Jolokia: claims and
 * mail follow. Run over the nodes of {@link ClusterFaultsIT}, which stops those of mailboxes.
 */
abstract class ClusterRoutes {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration NOTHING_HAPPENS = Duration.ofSeconds(3);
  private static final List<String> NODES = List.of("a", "b", "c");
  private static final String CLAIMS = "outbound-claim";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAILS = 6;

  private final Cluster cluster;
  private final ApiClient api;
  private final String name = "routes-" + UUID.randomUUID().toString().substring(0, 8);

  ClusterRoutes(Cluster cluster) {
    this.cluster = cluster;
    this.api = cluster.node("a").api();
  }

  @AfterEach
  void routeRuns() throws Exception {
    for (String node : NODES) {
      String state = state(node, CLAIMS);
      if (!state.equals("Started")) {
        call(node, CLAIMS, state.equals("Suspended") ? "resume" : "start");
      }
    }
  }

  @Test
  void mailIsSentByTheNodesWhoseClaimingRunsAndWaitsWhileNoneDoes() throws Exception {
    try (ScriptedSmtpServer server = new ScriptedSmtpServer()) {
      String sender = name + "@example.test";
      OutboundAccounts.make(api, sender, server.port());

      call("a", CLAIMS, "suspend");
      call("b", CLAIMS, "stop");
      assertThat(state("a", CLAIMS)).isEqualTo("Suspended");
      assertThat(state("b", CLAIMS)).isEqualTo("Stopped");
      long byA = sentBy("a");
      long byB = sentBy("b");
      awaitStatus(submit(sender), "sent");
      assertThat(List.of(sentBy("a"), sentBy("b"))).containsExactly(byA, byB);

      call("c", CLAIMS, "suspend");
      long byC = sentBy("c");
      List<String> waiting = submit(sender);
      await("nothing is claimed")
          .during(NOTHING_HAPPENS)
          .atMost(PATIENCE)
          .until(() -> waiting.stream().allMatch(id -> status(id).equals("queued")));
      assertThat(claimed(waiting)).isZero();

      call("b", CLAIMS, "start");
      awaitStatus(waiting, "sent");
      assertThat(sentBy("b")).isEqualTo(byB + MAILS);
      assertThat(List.of(sentBy("a"), sentBy("c"))).containsExactly(byA, byC);

      call("b", CLAIMS, "stop");
      call("a", CLAIMS, "resume");
      awaitStatus(submit(sender), "sent");
      assertThat(sentBy("a")).isEqualTo(byA + MAILS);
      assertThat(server.mails()).hasSize(3 * MAILS);
    }
  }

  private List<String> submit(String sender) {
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < MAILS; i++) {
      messages.add(
          ApiClient.expect(
                  202,
                  api.post(
                      "/messages",
                      Map.of(
                          "id",
                          UUID.randomUUID().toString(),
                          "from",
                          sender,
                          "to",
                          List.of("to" + i + "@example.test"),
                          "subject",
                          name,
                          "body",
                          "Text.")))
              .text("messageId"));
    }
    return messages;
  }

  private String status(String message) {
    return ApiClient.expect(200, api.get("/messages/" + message)).text("status");
  }

  private void awaitStatus(List<String> messages, String status) {
    await("all are " + status)
        .atMost(PATIENCE)
        .until(() -> messages.stream().allMatch(id -> status(id).equals(status)));
  }

  private int claimed(List<String> messages) {
    return JdbcClient.create(cluster.services().postgres().dataSource())
        .sql(
            "SELECT count(*) FROM outbound_delivery WHERE message_id::text = ANY (:messages)"
                + " AND claim_token IS NOT NULL")
        .param("messages", messages.toArray(String[]::new))
        .query(Integer.class)
        .single();
  }

  private long sentBy(String node) {
    return OutboundAccounts.sentBy(cluster.node(node));
  }

  private String state(String node, String route) throws Exception {
    return jolokia(node, Map.of("type", "read", "mbean", bean(route), "attribute", "State"))
        .asText();
  }

  private void call(String node, String route, String operation) throws Exception {
    jolokia(node, Map.of("type", "exec", "mbean", bean(route), "operation", operation + "()"));
  }

  private static String bean(String route) {
    return "org.apache.camel:context=byo-email,type=routes,name=\"" + route + "\"";
  }

  /** What Jolokia answers at a node, as docs/operations.md shows it. */
  private JsonNode jolokia(String node, Map<String, String> request) throws Exception {
    String login = "admin:" + Services.CONSOLE_PASSWORD;
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://127.0.0.1:"
                                + cluster.node(node).httpPort()
                                + "/actuator/jolokia"))
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/json")
                    .header(
                        "Authorization",
                        "Basic "
                            + Base64.getEncoder()
                                .encodeToString(login.getBytes(StandardCharsets.UTF_8)))
                    .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(request)))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    JsonNode body = JSON.readTree(answer.body());
    assertThat(body.path("status").asInt()).as(request + " " + answer.body()).isEqualTo(200);
    return body.path("value");
  }
}
