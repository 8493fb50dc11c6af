package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.support.ApiClient;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.OutboundAccounts;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.S3Server;
import org.byoemail.support.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * An operator's own steps in the shipped jar: the example of {@code docs/extending.md}, from YAML
 * alone, and a class from a jar beside it. Its contents are in a bucket.
 */
class OwnStepsIT {
  @RegisterExtension static final GreenMailServer MAIL = GreenMailServer.shared();

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private static Path dir;

  private static HttpServer filter;
  private static S3Server s3;
  private static GatewayProcess gateway;

  /** Further tests at the same gateway. */
  @Nested
  class Bucket extends S3Contents {
    Bucket() {
      super(s3, gateway, dir.resolve("gateway"));
    }
  }

  @BeforeAll
  static void start() throws IOException {
    filter = filter();
    s3 = new S3Server(Files.createDirectories(dir.resolve("s3")));
    s3.start();
    S3Contents.makeBucket(s3);
    Path routes = Files.createDirectories(dir.resolve("own-routes"));
    Files.writeString(routes.resolve("filter.camel.yaml"), example());
    Files.writeString(
        routes.resolve("accept.camel.yaml"),
        """
        - route:
            id: hook-before-accept
            description: Adds to the metadata.
            from:
              uri: direct:hook-before-accept
              steps:
                - bean:
                    beanType: %s
                    method: answer
        """
            .formatted(OwnStep.class.getName()));
    Map<String, String> settings = new HashMap<>(RealAccounts.gatewaySettings());
    settings.putAll(S3Contents.settings(s3));
    settings.put("BYO_ROUTES_OWN_DIR", routes.toString());
    settings.put("BYO_LIB_DIR", jar(dir.resolve("own-lib")).toString());
    settings.put("MAIL_FILTER_URL", "http://127.0.0.1:" + filter.getAddress().getPort() + "/mail");
    gateway = new GatewayProcess(dir.resolve("gateway"), settings);
    gateway.start();
  }

  @AfterAll
  static void stop() {
    if (gateway != null) {
      gateway.close();
    }
    if (s3 != null) {
      s3.close();
    }
    if (filter != null) {
      filter.stop(0);
    }
  }

  @Test
  void routesAndJarsOfTheOperatorRunInTheFlow() throws Exception {
    MailUser ada = MAIL.freshUser("own");
    try (ScriptedSmtpServer smtp = new ScriptedSmtpServer()) {
      ApiClient api = gateway.api();
      String account = receiving(api, ada);

      MAIL.deliver(ada, mail("unwanted"));
      MAIL.deliver(ada, mail("wanted"));

      JsonNode items =
          await("the mail that is wanted")
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(200))
              .until(
                  () ->
                      api.get("/messages?direction=inbound&status=ingested&account=" + account)
                          .body()
                          .path("items"),
                  found -> !found.isEmpty());
      assertThat(items.findValuesAsText("subject")).containsExactly("wanted");
      assertThat(metadata(api, items.at("/0/id").asText()).path("score").asDouble())
          .isEqualTo(0.25);

      OutboundAccounts.make(api, "sender@example.test", smtp.port());
      JsonNode accepted =
          ApiClient.expect(
                  202,
                  api.post(
                      "/messages",
                      Map.of(
                          "from", "sender@example.test",
                          "to", List.of("ben@else.test"),
                          "subject", "Hello",
                          "body", "Text.")))
              .body();
      assertThat(metadata(api, accepted.path("messageId").asText()).path("words").asText())
          .isEqualTo("Hello!");
    }
  }

  private static JsonNode metadata(ApiClient api, String message) {
    return ApiClient.expect(200, api.get("/messages/" + message)).body().path("metadata");
  }

  private static String receiving(ApiClient api, MailUser user) {
    Map<String, Object> imap =
        Map.of(
            "host", "localhost",
            "port", MAIL.imapPort(),
            "security", "none",
            "username", user.address(),
            "password", user.password());
    String id =
        ApiClient.expect(
                201,
                api.post(
                    "/accounts",
                    Map.of(
                        "agent", api.openAgent(user.address()),
                        "address", user.address(),
                        "imap", imap)))
            .text("id");
    ApiClient.expect(200, api.post("/accounts/" + id + "/test-imap"));
    ApiClient.expect(200, api.patch("/accounts/" + id, Map.of("inboundEnabled", true)));
    return id;
  }

  private static byte[] mail(String subject) {
    return ("From: Ben <ben@else.test>\r\nTo: ada@example.test\r\nSubject: "
            + subject
            + "\r\nMessage-ID: <"
            + subject
            + "@else.test>\r\n\r\nHello\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static HttpServer filter() throws IOException {
    ObjectMapper json = new ObjectMapper();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/mail",
        exchange -> {
          String subject = json.readTree(exchange.getRequestBody()).path("subject").asText();
          byte[] answer =
              (subject.equals("unwanted")
                      ? "{\"action\":\"refuse\",\"reason\":\"spam\"}"
                      : "{\"action\":\"continue\",\"metadata\":{\"score\":0.25}}")
                  .getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String example() throws IOException {
    Matcher example =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("docs/extending.md")));
    assertThat(example.find()).isTrue();
    return example.group(1);
  }

  private static Path jar(Path folder) throws IOException {
    String type = OwnStep.class.getName().replace('.', '/') + ".class";
    try (OutputStream out =
            Files.newOutputStream(Files.createDirectories(folder).resolve("own.jar"));
        JarOutputStream entries = new JarOutputStream(out)) {
      entries.putNextEntry(new JarEntry(type));
      entries.write(OwnStep.class.getClassLoader().getResourceAsStream(type).readAllBytes());
    }
    return folder;
  }
}
