package org.byoemail.platform.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

class JolokiaTest extends WebTest {
  private static final String LOGIN = basic("admin", CONSOLE_PASSWORD);

  @LocalServerPort int port;

  @Test
  void operatorReadsAndCallsTheGatewaysBeans() throws Exception {
    HttpResponse<String> answer =
        post(LOGIN, "{'type':'read','mbean':'org.byoemail:type=SendingPause'}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(answer).path("status").asInt()).as(answer.body()).isEqualTo(200);
    assertThat(search("*:*"))
        .isNotEmpty()
        .allMatch(name -> name.matches("org\\.(byoemail|apache\\.camel):.*"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "java.lang:type=Memory | HeapMemoryUsage",
        "java.lang:type=Runtime | SystemProperties",
        "com.sun.management:type=HotSpotDiagnostic | DiagnosticOptions",
        "com.zaxxer.hikari:type=Pool* | *",
        "JMImplementation:type=MBeanServerDelegate | MBeanServerId",
        "org.apache.camel:type=context,* | *",
        "org.apache.camel:type=tracer,* | *",
      })
  void otherBeansAreNotReached(String bean, String attribute) throws Exception {
    JsonNode answer =
        json(
            post(
                LOGIN, "{'type':'read','mbean':'%s','attribute':'%s'}".formatted(bean, attribute)));

    assertThat(answer.path("status").asInt()).as(answer.toString()).isIn(200, 403, 404);
    assertThat(answer.path("value").size()).as(answer.toString()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'exec','mbean':'java.lang:type=Memory','operation':'gc'}",
        "{'type':'exec','mbean':'com.sun.management:type=DiagnosticCommand','operation':'vmSystemProperties'}",
        "{'type':'exec','mbean':'org.apache.camel:context=byo-email,type=context,name=\\\"byo-email\\\"',"
            + "'operation':'sendStringBody','arguments':['log:x','y']}",
      })
  void otherRequestsAreRefused(String request) throws Exception {
    JsonNode answer = json(post(LOGIN, request));

    assertThat(answer.path("status").asInt()).as(answer.toString()).isGreaterThanOrEqualTo(400);
    assertThat(answer.has("stacktrace")).isFalse();
  }

  @Test
  void keysAndStrangersAreRefused() throws Exception {
    String request = "{'type':'version'}";

    for (String who :
        new String[] {
          "Bearer " + ADMIN_KEY, basic("admin", "wrong"), basic("admin", ADMIN_KEY), "Basic %%%",
        }) {
      HttpResponse<String> answer = post(who, request);
      assertThat(answer.statusCode()).as(who).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
          .doesNotContain("Basic");
    }
    assertThat(post("", request).statusCode()).as("without a token").isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/read/org.byoemail:type=SendingPause",
        "/exec/org.byoemail:type=SendingPause/pause",
        "?p=/exec/org.byoemail:type=SendingPause/pause",
        "/exec/org.byoemail:type=SendingPause/pause/jolokia",
      })
  void aGetReadsTheVersionOnly(String path) throws Exception {
    HttpResponse<String> version = send(request("", LOGIN).GET().build());
    HttpResponse<String> other = send(request(path, LOGIN).GET().build());

    assertThat(json(version).at("/value/agent").asText()).as(version.body()).isNotEmpty();
    assertThat(other.statusCode()).as(other.body()).isIn(400, 403);
  }

  @Test
  void pagesOfOtherOriginsGetNoPreflight() throws Exception {
    HttpResponse<String> answer =
        send(
            request("", "")
                .header("Origin", "https://elsewhere.test")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .build());

    assertThat(answer.statusCode()).isIn(401, 403);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  private java.util.List<String> search(String pattern) throws Exception {
    java.util.List<String> names = new java.util.ArrayList<>();
    json(post(LOGIN, "{'type':'search','mbean':'" + pattern + "'}"))
        .path("value")
        .forEach(name -> names.add(name.asText()));
    return names;
  }

  private HttpResponse<String> post(String who, String request) throws Exception {
    return send(
        request("", who)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(request.replace('\'', '"')))
            .build());
  }

  private HttpRequest.Builder request(String path, String who) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/jolokia" + path))
            .timeout(Duration.ofSeconds(20));
    return who.isEmpty() ? request : request.header("Authorization", who);
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return new ObjectMapper().readTree(answer.body());
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }
}
