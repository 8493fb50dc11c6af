package org.byoemail.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.EventFixtures;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.byoemail.support.BrokerTest;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.WebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * From the transaction that records an event to the receiver, by the routes as they are shipped.
 */
class WebhookRoutesTest extends BrokerTest {
  private static final Duration WAIT = Duration.ofSeconds(30);

  @Autowired private Webhooks webhooks;
  @Autowired private Events events;
  @Autowired private TransactionTemplate transactions;
  @Autowired private ObjectMapper json;
  @Autowired private JdbcClient jdbc;

  private final String organization = "routed-" + UUID.randomUUID();
  private final WebServer web =
      new WebServer(CertificateAuthority.shared().issueOnlyFor("localhost"));
  private final Map<String, List<Integer>> accepted = new ConcurrentHashMap<>();

  @AfterEach
  void close() {
    web.close();
    jdbc.sql("DELETE FROM webhook WHERE organization = :organization")
        .param("organization", organization)
        .update();
  }

  @Test
  void eachEventArrivesOnceItIsCommittedAndInOrderOfItsMessage() throws Exception {
    int messages = 20;
    int each = 4;
    CountDownLatch left = new CountDownLatch(messages * each);
    web.page("localhost/hook", exchange -> accept(exchange, left));
    hook();
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      ids.add(UUID.randomUUID());
    }
    for (int i = 0; i < each; i++) {
      transactions.executeWithoutResult(status -> events.record(about(ids)));
    }

    assertThat(left.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(accepted.keySet()).containsExactlyInAnyOrderElementsOf(text(ids));
    assertThat(accepted.values())
        .allSatisfy(order -> assertThat(order).containsExactly(1, 2, 3, 4));
  }

  private List<NewEvent> about(List<UUID> messages) {
    return messages.stream()
        .map(
            id ->
                new NewEvent(
                    new OrganizationId(organization), id, null, EventFixtures.sent(Map.of())))
        .toList();
  }

  private void hook() {
    Objects.requireNonNull(
        transactions.execute(
            status ->
                webhooks.create(
                    new OrganizationId(organization),
                    new WebhookDraft(
                        "http://localhost:" + web.httpPort() + "/hook",
                        null,
                        List.of(),
                        List.of(),
                        List.of(),
                        true,
                        null),
                    "user:admin")));
  }

  private void accept(HttpExchange exchange, CountDownLatch left) throws IOException {
    JsonNode event = json.readTree(exchange.getRequestBody());
    accepted
        .computeIfAbsent(event.path("messageId").asText(), any -> new CopyOnWriteArrayList<>())
        .add(event.path("sequence").asInt());
    exchange.sendResponseHeaders(204, -1);
    left.countDown();
  }

  private static List<String> text(Collection<UUID> ids) {
    return ids.stream().map(UUID::toString).toList();
  }
}
