package org.byoemail.command.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.byoemail.operations.transfer.FileFormat;
import org.jspecify.annotations.Nullable;

/**
 * A client of the gateway's API for the commands. Follows no redirects, since they would receive
 * the key. Thread-safe.
 */
final class GatewayApi {
  private static final Duration CONNECTING = Duration.ofSeconds(10);
  private static final Duration ANSWERING = Duration.ofMinutes(10);
  private static final Duration OPENING = Duration.ofSeconds(30);
  private static final Duration CALLING = Duration.ofMinutes(2);
  private static final int MAX_ANSWER = 16 << 20;
  private static final int OK = 200;
  private static final int REDIRECTS = 300;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERRORS = 500;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECTING).build();
  private final ObjectMapper json = new ObjectMapper();
  private final URI url;
  private final String key;

  GatewayApi(URI url, String key) {
    this.url = url;
    this.key = key;
  }

  /** The gateway refused a request. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;
    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }

    /** Whether the same request may succeed later. */
    boolean isTemporary() {
      return status == TOO_MANY || status >= SERVER_ERRORS;
    }
  }

  /**
   * What the API answers to a GET.
   *
   * @throws Refused if the gateway refuses
   * @throws IOException if the gateway cannot be reached
   */
  JsonNode get(String path, Map<String, String> query) throws IOException, InterruptedException {
    return read(request(path, query).GET().build());
  }

  /**
   * What the API answers to a POST of JSON.
   *
   * @throws Refused if the gateway refuses
   * @throws IOException if the gateway cannot be reached
   */
  JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
    return read(
        request(path, Map.of())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
            .build());
  }

  /** Sends JSON by PUT. */
  void put(String path, Map<String, String> query, JsonNode body)
      throws IOException, InterruptedException {
    answer(
            request(path, query)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
                .build())
        .close();
  }

  /**
   * The stream of events, without end.
   *
   * @param seen the position after which it starts; null: as the query says
   */
  InputStream events(Map<String, String> query, @Nullable String seen)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request("/events/stream", query).timeout(OPENING);
    if (seen != null) {
      request.header("Last-Event-ID", seen);
    }
    return answer(request.GET().build());
  }

  /**
   * What the MCP server answers to a message; empty if it answers nothing.
   *
   * @param version of the protocol; null before it is negotiated
   */
  byte[] mcp(byte[] message, @Nullable String version) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + "/mcp"))
            .timeout(CALLING)
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(message));
    if (version != null) {
      request.header("MCP-Protocol-Version", version);
    }
    HttpResponse<InputStream> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      byte[] answer = body.readNBytes(MAX_ANSWER);
      String type = response.headers().firstValue("Content-Type").orElse("");
      if (response.statusCode() < REDIRECTS || isMessage(answer, type)) {
        return answer;
      }
      throw new Refused(response.statusCode(), response.statusCode() + ": " + detail(answer));
    }
  }

  /** Whether it is an error of the protocol, and none of HTTP. */
  private boolean isMessage(byte[] answer, String type) throws IOException {
    return type.startsWith("application/json") && json.readTree(answer).has("jsonrpc");
  }

  private JsonNode read(HttpRequest request) throws IOException, InterruptedException {
    try (InputStream body = answer(request)) {
      return json.readTree(body.readNBytes(MAX_ANSWER));
    } catch (JsonProcessingException e) {
      throw new Refused(OK, "the answer is not from a gateway: check the URL");
    }
  }

  /**
   * Imports a file.
   *
   * @return the result as the API describes it
   * @throws Refused if the gateway refuses the whole file
   * @throws IOException if the gateway cannot be reached
   */
  JsonNode importFile(String file, FileFormat format, Map<String, String> query)
      throws IOException, InterruptedException {
    HttpRequest request =
        request("/accounts/import", query)
            .header("Content-Type", format.mediaType() + ";charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(file, StandardCharsets.UTF_8))
            .build();
    return read(request);
  }

  /**
   * The accounts as a file.
   *
   * @throws Refused if the gateway refuses
   * @throws IOException if the gateway cannot be reached
   */
  InputStream exportFile(Map<String, String> query) throws IOException, InterruptedException {
    return answer(request("/accounts/export", query).GET().build());
  }

  /**
   * The state of a restore, as the API describes it.
   *
   * @throws Refused if the gateway refuses
   * @throws IOException if the gateway cannot be reached
   */
  JsonNode restore() throws IOException, InterruptedException {
    return get("/restore", Map.of());
  }

  /**
   * Starts the reconciliation of queued mail.
   *
   * @throws Refused if the gateway refuses
   * @throws IOException if the gateway cannot be reached
   */
  void reconcile(boolean moved) throws IOException, InterruptedException {
    HttpRequest request =
        request("/restore/reconcile", Map.of())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"moved\":" + moved + "}"))
            .build();
    answer(request).close();
  }

  private InputStream answer(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() >= OK && response.statusCode() < REDIRECTS) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      throw new Refused(
          response.statusCode(),
          response.statusCode() + ": " + detail(body.readNBytes(MAX_ANSWER)));
    }
  }

  private String detail(byte[] problem) {
    try {
      String detail = json.readTree(problem).path("detail").asText();
      return detail.isEmpty() ? "no reason was given" : detail;
    } catch (IOException e) {
      return "no reason was given; check the URL";
    }
  }

  private HttpRequest.Builder request(String path, Map<String, String> query) {
    String parameters =
        query.entrySet().stream()
            .map(
                one ->
                    one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return HttpRequest.newBuilder(URI.create(url + "/api/v1" + path + "?" + parameters))
        .timeout(ANSWERING)
        .header("Authorization", "Bearer " + key);
  }
}
