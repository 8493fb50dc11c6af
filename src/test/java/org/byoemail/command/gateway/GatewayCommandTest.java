package org.byoemail.command.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpServer;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator.ValidationResponse;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.byoemail.platform.event.EventNumbering;
import org.byoemail.platform.event.NumberedEvents;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The commands that talk to a gateway, against one over HTTP. */
@Timeout(60)
class GatewayCommandTest extends WebTest {
  private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  @Autowired private EventNumbering numbering;
  @Autowired private NumberedEvents numbered;
  @LocalServerPort private int port;
  @TempDir private Path folder;

  private final List<JsonNode> posted = Collections.synchronizedList(new ArrayList<>());
  private final List<String> signed = Collections.synchronizedList(new ArrayList<>());
  private @Nullable HttpServer receiver;
  private String organization;
  private String key;

  private record Ended(int status, String out, String err) {}

  @BeforeEach
  void caller() {
    organization = fresh("shell");
    key = key("operator", organization);
  }

  @AfterEach
  void stop() {
    if (receiver != null) {
      receiver.stop(0);
    }
  }

  @Test
  void sendSendsOnceByItsId() throws Exception {
    String from = organization + "@example.test";
    account(organization, from);
    Path file = Files.writeString(folder.resolve("note.txt"), "Attached.");
    String[] args = {
      "send",
      "--from",
      from,
      "--to=ben@else.test",
      "--cc",
      "eve@else.test",
      "--subject",
      "Hello",
      "--body=Text.",
      "--attach",
      file.toString(),
      "--id",
      fresh("id")
    };

    Ended first = run(false, "", args);
    Ended again = run(true, "", args);

    assertThat(first.status()).as(first.err()).isZero();
    String message = JSON.readTree(first.out()).path("messageId").asText();
    assertThat(again.out()).contains("accepted as message " + message);
    Answer stored = get(key, "/messages/" + message);
    assertThat(stored.text("/subject")).isEqualTo("Hello");
    assertThat(stored.text("/attachments/0/name")).isEqualTo("note.txt");
    assertThat(stored.text("/attachments/0/size")).isEqualTo("9");
  }

  @Test
  void sendTakesTheBodyFromTheInputAndNamesWhatIsRefused() {
    String from = organization + "@example.test";
    account(organization, from);

    Ended piped =
        run(false, "From the pipe.", "send", "--from", from, "--to", "ben@else.test", "--json");
    Ended refused = run(true, "x", "send", "--from", "stranger@else.test", "--to", "b@else.test");

    assertThat(piped.status()).as(piped.err()).isZero();
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("the gateway refused: 400: from");
  }

  @Test
  void sendTriesAgainWithTheSameId() {
    AtomicReference<Integer> pauses = new AtomicReference<>(0);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    SendCommand command =
        new SendCommand(
            line(false, "", new ByteArrayOutputStream(), err, Map.of("BYO_API_KEY", key)),
            millis -> pauses.set(pauses.get() + 1));

    int status =
        command.run(
            "send", "--from=a@b.test", "--to=c@d.test", "--body=x", "--url=http://127.0.0.1:1");

    assertThat(status).isEqualTo(1);
    assertThat(pauses.get()).isEqualTo(3);
    String said = err.toString(StandardCharsets.UTF_8);
    assertThat(said)
        .contains("ConnectException")
        .containsPattern("not known.*--id \\p{XDigit}{8}-");
  }

  @Test
  void accountsAreListedForPeopleAndPrograms() throws Exception {
    String address = organization + "@example.test";
    String account = account(organization, address);

    Ended people = run(true, "", "accounts", "list");
    Ended programs = run(false, "", "accounts", "list");

    assertThat(people.out()).contains(account, address).doesNotContain("{");
    assertThat(JSON.readTree(programs.out()).path("id").asText()).isEqualTo(account);
  }

  @Test
  void eventsArePostedInOrderAsWebhooksPostThem() throws Exception {
    List<String> events = List.of(event(), event(), event());
    String url = receiver(0, 503);

    Ended ended = run(false, "", "listen", "--forward-to", url, "--after=0", "--max-events", "3");

    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(posted).extracting(one -> one.path("id").asText()).isEqualTo(events);
    assertThat(posted.get(0).path("timestamp")).isEqualTo(posted.get(0).path("createdAt"));
    assertThat(signed).hasSize(3).allMatch(one -> one.equals("valid"));
    assertThat(ended.out().lines().toList())
        .hasSize(3)
        .allMatch(one -> one.contains("\"receiverStatus\":503"));
  }

  @Test
  void receiverThatIsAwayIsWaitedFor() throws Exception {
    String event = event();
    int free;
    try (java.net.ServerSocket socket =
        new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ListenCommand command =
        new ListenCommand(
            line(true, "", new ByteArrayOutputStream(), err, environment()),
            millis -> receiver(free, 200));

    int status =
        command.run(
            "listen",
            "--forward-to=http://127.0.0.1:" + free + "/hook",
            "--after=0",
            "--max-events=1",
            "--url=http://127.0.0.1:" + port);

    assertThat(status).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("receiver cannot be reached");
    assertThat(posted).extracting(one -> one.path("id").asText()).containsExactly(event);
  }

  @Test
  void receiverWhoseAnswerDoesNotEndHoldsUpNothing() throws Exception {
    event();
    HttpServer endless = HttpServer.create(address(0), 0);
    // A body of unknown length, of which nothing comes.
    endless.createContext("/", exchange -> exchange.sendResponseHeaders(200, 0));
    endless.start();
    receiver = endless;
    String url = "http://127.0.0.1:" + endless.getAddress().getPort();

    Ended ended = run(false, "", "listen", "--forward-to", url, "--after=0", "--max-events", "1");

    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("\"receiverStatus\":200");
  }

  @Test
  void cursorContinuesAfterARestart() throws Exception {
    List<String> events = List.of(event(), event(), event());
    String url = receiver(0, 200);
    String[] args = {"listen", "--forward-to", url, "--cursor=dev", "--max-events"};

    Ended first = run(true, "", with(args, "1"));
    Ended second = run(true, "", with(args, "2"));

    assertThat(first.status()).as(first.err()).isZero();
    assertThat(second.status()).as(second.err()).isZero();
    assertThat(posted).extracting(one -> one.path("id").asText()).isEqualTo(events);
    assertThat(first.out()).contains("message.sent", "-> 200").doesNotContain("{");
  }

  @Test
  void gatewayThatCutsTheStreamIsAskedAgainFromThePosition() throws Exception {
    List<String> events = List.of(event(), event());
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    HttpServer gateway = HttpServer.create(address(0), 0);
    // A gateway that ends each stream after one event.
    gateway.createContext(
        "/",
        exchange -> {
          String last = String.valueOf(exchange.getRequestHeaders().getFirst("Last-Event-ID"));
          seen.add(last);
          int next = seen.size();
          byte[] body =
              ("id: 7\n\n:\n\nid: 1%d\nevent: message.sent\ndata: {\"id\":\"%s\",\"position\":1%d}\n\n"
                      .formatted(next, events.get(next - 1), next))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    gateway.start();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ListenCommand command =
        new ListenCommand(
            line(false, "", out, new ByteArrayOutputStream(), environment()), millis -> {});

    int status =
        command.run(
            "listen", "--max-events=2", "--url=http://127.0.0.1:" + gateway.getAddress().getPort());
    gateway.stop(0);

    assertThat(status).isZero();
    assertThat(seen).containsExactly("null", "11");
    assertThat(out.toString(StandardCharsets.UTF_8).lines().map(one -> one.substring(7, 43)))
        .isEqualTo(events);
  }

  @Test
  void stdioIsAClientOfTheGateway() throws Exception {
    String from = organization + "@example.test";
    UUID message =
        new StoredMail(jdbc)
            .ingested(UUID.fromString(account(organization, from)), "Hi", "Hello.", null);
    StdioClientTransport transport =
        new StdioClientTransport(
            ServerParameters.builder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString())
                .args(
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "org.byoemail.ByoEmailApplication",
                    "mcp",
                    "--url=http://127.0.0.1:" + port)
                .addEnvVar("BYO_API_KEY", key)
                .build(),
            new JacksonMcpJsonMapper(new ObjectMapper()));

    try (McpSyncClient client =
        McpClient.sync(transport)
            .requestTimeout(Duration.ofSeconds(40))
            .initializationTimeout(Duration.ofSeconds(40))
            .jsonSchemaValidator((schema, value) -> ValidationResponse.asValid(null))
            .build()) {
      client.initialize();
      McpSchema.CallToolResult read =
          client.callTool(
              new McpSchema.CallToolRequest("read_message", Map.of("message", message)));

      assertThat(client.listTools().tools()).hasSize(9);
      assertThat(((McpSchema.TextContent) read.content().get(0)).text()).contains("Hello.");
    }
  }

  @Test
  void stdioAnswersEveryRequestWithOneLine() throws Exception {
    String input =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\"}}\r\n\n"
            + "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
            + "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}\n"
            + "no json\n"
            + "{\"a\":\""
            + "x".repeat(1_100_000)
            + "\"}\n"
            + "{\"method\":\"ping\",\"params\":{\"id\":5,\"a\":\""
            + "x".repeat(1_100_000)
            + "\"},\"id\":\"long\"}\n"
            + "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\"}";

    Ended ended = run(false, input, "mcp");
    Ended away =
        run(
            false,
            "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"ping\"}\n",
            "mcp",
            "--url=http://127.0.0.1:1");

    List<JsonNode> lines = new ArrayList<>();
    for (String one : ended.out().lines().toList()) {
      lines.add(JSON.readTree(one));
    }
    assertThat(lines).hasSize(6);
    assertThat(lines.get(0).at("/result/protocolVersion").asText()).isEqualTo("2025-06-18");
    assertThat(lines.stream().map(one -> one.path("id").asText()))
        .containsExactlyInAnyOrder("1", "2", "3", "null", "null", "long");
    assertThat(
            lines.stream()
                .filter(one -> one.has("error"))
                .map(one -> one.at("/error/code").asInt()))
        .containsOnly(-32700)
        .hasSize(3);
    assertThat(JSON.readTree(away.out()).at("/error/message").asText())
        .contains("cannot be reached");
    assertThat(JSON.readTree(away.out()).path("id").asInt()).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>Sign in</html>", "{}"})
  void stdioAnswersARequestThatTheGatewayDoesNotAnswer(String answer) throws Exception {
    HttpServer proxy = HttpServer.create(address(0), 0);
    proxy.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    proxy.start();
    receiver = proxy;

    Ended ended =
        run(
            false,
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}\n"
                + "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"ping\"}",
            "mcp",
            "--url=http://127.0.0.1:" + proxy.getAddress().getPort());

    assertThat(ended.out().lines()).hasSize(1);
    assertThat(JSON.readTree(ended.out()).path("id").asInt()).isEqualTo(4);
    assertThat(JSON.readTree(ended.out()).at("/error/message").asText()).contains("check the URL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send",
        "send --from a@b.test",
        "send --from a@b.test --from c@d.test --to e@f.test --body x",
        "send --key=byo_x",
        "listen --forward-to ftp://localhost",
        "listen --forward-to",
        "listen --cursor a/b",
        "listen --cursor a --after 1",
        "listen --max-events 0",
        "mcp --json-rpc",
        "accounts list all"
      })
  void wrongArgumentsAreRefusedWithTheUsage(String args) {
    Ended ended = run(true, "", args.split(" "));

    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.err()).contains("usage: BYO_API_KEY=");
  }

  @Test
  void helpNeedsNoKeyAndSecretsAreNotShown() {
    Ended help = run(Map.of(), true, "", "listen", "--help");
    Ended missing = run(Map.of(), true, "", "send");
    Ended secret =
        run(
            Map.of("BYO_API_KEY", key, "BYO_WEBHOOK_SECRET", "whsec_%%%"),
            true,
            "",
            "listen",
            "--forward-to=http://localhost:1");

    assertThat(help.out()).contains("--forward-to");
    assertThat(missing.err()).contains("set BYO_API_KEY");
    assertThat(secret.status()).isEqualTo(2);
    assertThat(secret.err()).doesNotContain("%%%");
  }

  private String event() {
    UUID id = new StoredMail(jdbc).event(organization, "message.sent", UUID.randomUUID());
    numbering.numbered(numbered.last());
    return id.toString();
  }

  /** Starts the developer's program; its URL. */
  private String receiver(int at, int status) {
    try {
      HttpServer server = HttpServer.create(address(at), 0);
      server.createContext(
          "/hook",
          exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            posted.add(JSON.readTree(body));
            signed.add(verified(exchange.getRequestHeaders(), body));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
          });
      server.start();
      receiver = server;
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static String verified(Map<String, List<String>> headers, byte[] body) {
    try {
      new Webhook(SECRET)
          .verify(
              new String(body, StandardCharsets.UTF_8), HttpHeaders.of(headers, (a, b) -> true));
      return "valid";
    } catch (com.standardwebhooks.exceptions.WebhookVerificationException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String[] with(String[] args, String last) {
    String[] all = Arrays.copyOf(args, args.length + 1);
    all[args.length] = last;
    return all;
  }

  private Map<String, String> environment() {
    return Map.of("BYO_API_KEY", key, "BYO_WEBHOOK_SECRET", SECRET);
  }

  private static CommandLine line(
      boolean isTerminal,
      String in,
      ByteArrayOutputStream out,
      ByteArrayOutputStream err,
      Map<String, String> environment) {
    return new CommandLine(
        environment,
        new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        isTerminal,
        Clock.systemUTC());
  }

  private Ended run(boolean isTerminal, String in, String... args) {
    return run(environment(), isTerminal, in, args);
  }

  private Ended run(
      Map<String, String> environment, boolean isTerminal, String in, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    boolean named = Arrays.stream(args).anyMatch(one -> one.startsWith("--url"));
    int status =
        GatewayCommand.of(line(isTerminal, in, out, err, environment), args)
            .orElseThrow()
            .run(named ? args : with(args, "--url=http://127.0.0.1:" + port));
    return new Ended(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
