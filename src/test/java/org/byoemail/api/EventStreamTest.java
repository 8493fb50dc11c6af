package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.byoemail.platform.event.EventNumbering;
import org.byoemail.platform.event.NumberedEvents;
import org.byoemail.support.StatementLog;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Event streams, long polls and cursors over real connections. */
@Timeout(60)
class EventStreamTest extends WebTest {
  @Autowired private EventNumbering numbering;
  @Autowired private NumberedEvents numbered;
  @LocalServerPort private int port;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<AutoCloseable> open = new ArrayList<>();
  private String organization = "";
  private String key = "";

  @BeforeEach
  void caller() {
    organization = fresh("streamed");
    key = key("producer", organization);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private static final class Stream implements AutoCloseable {
    private final InputStream body;
    private final BufferedReader lines;

    Stream(InputStream body) {
      this.body = body;
      this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /** The next event: id, event and data; null at the end. */
    @Nullable List<String> next() throws Exception {
      return CompletableFuture.supplyAsync(this::read).get(20, TimeUnit.SECONDS);
    }

    private @Nullable List<String> read() {
      try {
        return readFields();
      } catch (IOException e) {
        return null;
      }
    }

    private @Nullable List<String> readFields() throws IOException {
      List<String> fields = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty() && fields.size() == 1) {
          fields.clear(); // The position alone is no event.
        } else if (line.isEmpty() && !fields.isEmpty()) {
          return fields;
        }
        if (!line.isEmpty() && !line.startsWith(":")) {
          fields.add(line);
        }
      }
      return null;
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/v1" + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + key);
  }

  private Stream stream(HttpRequest.Builder request) throws Exception {
    HttpResponse<InputStream> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    Stream stream = new Stream(response.body());
    open.add(stream);
    return stream;
  }

  private UUID event(String type) {
    return event(organization, type);
  }

  private UUID event(String of, String type) {
    UUID id = new StoredMail(jdbc).event(of, type, UUID.randomUUID());
    numbering.numbered(numbered.last());
    return id;
  }

  private String id(List<String> event) throws IOException {
    return JSON.readTree(event.get(2).substring("data: ".length())).path("id").asText();
  }

  @Test
  void streamHasEventsOfTheOrganizationAsTheyHappen() throws Exception {
    event("message.sent");
    Stream stream = stream(request("/events/stream"));
    event(fresh("other"), "message.sent");
    UUID first = event("message.sent");
    UUID second = event("message.failed");

    List<String> one = stream.next();
    List<String> two = stream.next();

    assertThat(one).element(0).asString().startsWith("id: ");
    assertThat(one).element(1).isEqualTo("event: message.sent");
    assertThat(id(one)).isEqualTo(first.toString());
    assertThat(id(two)).isEqualTo(second.toString());
  }

  @Test
  void streamGoesOnBehindTheLastEventId() throws Exception {
    long before = numbered.last();
    UUID first = event("message.sent");
    long seen = numbered.last();
    UUID second = event("message.failed");

    Stream fromStart = stream(request("/events/stream?after=" + before));
    Stream behind =
        stream(
            request("/events/stream?after=" + before)
                .header("Last-Event-ID", String.valueOf(seen)));

    assertThat(id(fromStart.next())).isEqualTo(first.toString());
    assertThat(id(behind.next())).isEqualTo(second.toString());
  }

  @Test
  void streamsAreFilteredByTypeAccountAndAgent() throws Exception {
    String account = account(organization, organization + "@example.test");
    String agent = get(ADMIN_KEY, "/accounts/" + account).text("/agent");
    Stream byType = stream(request("/events/stream?type=message.failed,message.held"));
    Stream byAccount = stream(request("/events/stream?account=" + account));
    Stream byAgent = stream(request("/events/stream?agent=" + agent));
    event("message.sent");
    UUID failed = event("message.failed");
    UUID ofAccount = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO event (id, organization, type, account_id, body, created_at)
            VALUES (:id, :organization, 'account.error', :account::uuid, '{}', now())
            """)
        .param("id", ofAccount)
        .param("organization", organization)
        .param("account", account)
        .update();
    numbering.numbered(numbering.number());

    assertThat(id(byType.next())).isEqualTo(failed.toString());
    assertThat(id(byAccount.next())).isEqualTo(ofAccount.toString());
    assertThat(id(byAgent.next())).isEqualTo(ofAccount.toString());
  }

  @Test
  void boundKeyStreamsWhatConcernsItsAgentOrAccount() throws Exception {
    String account = account(organization, organization + "@example.test");
    String other = account(organization, "other-" + organization + "@example.test");
    String agent = get(ADMIN_KEY, "/accounts/" + account).text("/agent");
    List<Stream> streams = new ArrayList<>();
    for (Map<String, List<String>> binding :
        List.of(Map.of("agents", List.of(agent)), Map.of("accounts", List.of(account)))) {
      Map<String, Object> body = new java.util.HashMap<>(binding);
      body.put("name", "bound");
      body.put("permissions", List.of("events:read"));
      key = post(ADMIN_KEY, "/api-keys", body).text("/key");
      streams.add(stream(request("/events/stream")));
    }
    StoredMail mails = new StoredMail(jdbc);
    UUID theirs = mails.ingested(UUID.fromString(other), organization, "Theirs", null);
    UUID ours = mails.ingested(UUID.fromString(account), organization, "Ours", null);

    event("account.error");
    mails.event(organization, "message.received", theirs);
    UUID received = mails.event(organization, "message.received", ours);
    numbering.numbered(numbering.number());

    for (Stream one : streams) {
      assertThat(id(one.next())).isEqualTo(received.toString());
    }
  }

  @Test
  void producersSeeNoConnectLink() throws Exception {
    Stream ofProducer = stream(request("/events/stream"));
    long before = numbered.last();
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO event (id, organization, type, body, created_at)
            VALUES (:id, :organization, 'account.needs_reauthorization',
              '{"link": "https://gateway.example.test/connect/secret"}', now())
            """)
        .param("id", id)
        .param("organization", organization)
        .update();
    numbering.numbered(numbering.number());

    List<String> event = ofProducer.next();

    assertThat(id(event)).isEqualTo(id.toString());
    assertThat(event.get(2)).contains("\"link\":null").doesNotContain("connect/secret");
    key = key("operator", organization);
    assertThat(stream(request("/events/stream?after=" + before)).next().get(2))
        .contains("connect/secret");
  }

  @Test
  void streamEndsWithItsKey() throws Exception {
    Stream stream = stream(request("/events/stream"));
    String id =
        jdbc.sql("SELECT id::text FROM api_key WHERE organization = :organization")
            .param("organization", organization)
            .query(String.class)
            .single();

    delete(ADMIN_KEY, "/api-keys/" + id);

    assertThat(stream.next()).isNull();
  }

  @Test
  void streamsOfAKeyAreBounded() throws Exception {
    for (int i = 0; i < 20; i++) {
      stream(request("/events/stream"));
    }

    HttpResponse<String> refused =
        http.send(request("/events/stream").build(), HttpResponse.BodyHandlers.ofString());

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    open.remove(0).close();
    // The gateway sees the end of a stream when it writes.
    HttpResponse<InputStream> again = null;
    for (int i = 0; i < 200 && (again == null || again.statusCode() != 200); i++) {
      event("message.sent");
      again =
          http.send(request("/events/stream").build(), HttpResponse.BodyHandlers.ofInputStream());
    }
    open.add(again.body());
    assertThat(again.statusCode()).isEqualTo(200);
  }

  @Test
  void eventsAreReadOnceForAllStreams() throws Exception {
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      streams.add(stream(request("/events/stream")));
    }
    UUID id;
    List<String> reads;
    try (StatementLog log = new StatementLog()) {
      id = event("message.sent");
      for (Stream stream : streams) {
        assertThat(id(stream.next())).isEqualTo(id.toString());
      }
      reads = log.of("event").stream().filter(statement -> statement.contains("examined")).toList();
    }

    // That of the event, and one that finds nothing behind it.
    assertThat(reads).hasSizeBetween(1, 2);
  }

  @Test
  void clientThatReadsNothingHoldsUpNobody() throws Exception {
    try (Socket deaf = new Socket()) {
      deaf.setReceiveBufferSize(1024);
      deaf.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      deaf.getOutputStream()
          .write(
              ("GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                      + key
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(deaf.getInputStream().read()).isEqualTo('H');
      Stream other = stream(request("/events/stream"));
      String long100k = "x".repeat(100_000);
      UUID last = null;
      for (int i = 0; i < 100; i++) {
        last = new StoredMail(jdbc).event(organization, "message.sent", UUID.randomUUID());
        jdbc.sql("UPDATE event SET body = jsonb_build_object('text', :text::text) WHERE id = :id")
            .param("text", long100k)
            .param("id", last)
            .update();
      }
      numbering.numbered(numbered.last());

      List<String> event = other.next();
      for (int i = 1; i < 100; i++) {
        event = other.next();
      }

      assertThat(id(event)).isEqualTo(String.valueOf(last));
    }
  }

  @Test
  void longPollAnswersWhenThereIsAnEvent() throws Exception {
    long last = numbered.last();
    CompletableFuture<HttpResponse<String>> waiting =
        http.sendAsync(
            request("/events?wait=20s&after=" + last).build(),
            HttpResponse.BodyHandlers.ofString());
    HttpResponse<String> none =
        http.send(
            request("/events?wait=1s&after=" + last).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(waiting).isNotDone();

    UUID id = event("message.sent");

    JsonNode page = JSON.readTree(waiting.get(20, TimeUnit.SECONDS).body());
    assertThat(page.at("/items/0/id").asText()).isEqualTo(id.toString());
    assertThat(page.path("next").asLong()).isEqualTo(numbered.last());
    assertThat(JSON.readTree(none.body()).path("items")).isEmpty();
    assertThat(JSON.readTree(none.body()).path("next").isNull()).isTrue();
    assertThat(get(key, "/events?wait=31s").status()).isEqualTo(400);
  }

  @Test
  void longPollThatEndsEmptyPassesEventsThatItsFilterLeavesOut() throws Exception {
    long before = numbered.last();
    event("message.sent");

    HttpResponse<String> none =
        http.send(
            request("/events?type=message.failed&wait=1s&after=" + before).build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(JSON.readTree(none.body()).path("items")).isEmpty();
    assertThat(JSON.readTree(none.body()).path("next").asLong()).isEqualTo(numbered.last());
  }

  @Test
  void cloudEventsByAccept() throws Exception {
    long before = numbered.last();
    UUID id = event("message.sent");
    jdbc.sql("UPDATE event SET body = '{\"submissionId\": \"order-17\"}' WHERE id = :id")
        .param("id", id)
        .update();
    HttpResponse<String> batch =
        http.send(
            request("/events?after=" + before)
                .header("Accept", "application/cloudevents+json")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    HttpResponse<String> one =
        http.send(
            request("/events/" + id).header("Accept", "application/cloudevents+json").build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(batch.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/cloudevents-batch+json");
    JsonNode event = JSON.readTree(batch.body()).get(0);
    assertThat(event).isEqualTo(JSON.readTree(one.body()));
    assertThat(event.path("specversion").asText()).isEqualTo("1.0");
    assertThat(event.path("id").asText()).isEqualTo(id.toString());
    assertThat(event.path("type").asText()).isEqualTo("org.byoemail.message.sent");
    assertThat(event.path("source").asText()).isEqualTo("https://gateway.example.test/api/v1");
    assertThat(event.path("position").asText()).isEqualTo(String.valueOf(numbered.last()));
    assertThat(event.path("submissionid").asText()).isEqualTo("order-17");
    assertThat(event.path("datacontenttype").asText()).isEqualTo("application/json");
  }

  @Test
  void cursorIsKeptForItsConsumer() {
    long before = numbered.last();
    event("message.sent");
    long first = numbered.last();
    UUID second = event("message.failed");

    assertThat(commit("worker", first, false).status()).isEqualTo(200);
    Answer behind = get(key, "/events?cursor=worker");
    Answer back = commit("worker", before, false);
    Answer beyond = commit("worker", numbered.last() + 1000, false);

    assertThat(behind.text("/items/0/id")).isEqualTo(second.toString());
    assertThat(back.status()).isEqualTo(409);
    assertThat(beyond.status()).isEqualTo(400);
    assertThat(commit("worker", before, true).body().path("position").asLong()).isEqualTo(before);
    assertThat(get(ADMIN_KEY, "/event-cursors/worker").status()).isEqualTo(404);
    assertThat(get(key, "/event-cursors").text("/items/0/name")).isEqualTo("worker");
    assertThat(delete(key, "/event-cursors/worker").status()).isEqualTo(204);
    assertThat(commit("bad%20name", first, false).fields()).containsExactly("name");
  }

  private Answer commit(String name, long position, boolean rewind) {
    return call(
        org.springframework.http.HttpMethod.PUT,
        key,
        "/event-cursors/" + name,
        Map.of("position", position, "rewind", rewind));
  }
}
