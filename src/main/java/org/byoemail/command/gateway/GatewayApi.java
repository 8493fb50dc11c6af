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

/**
 * A client of the gateway's API for account files and restores. Follows no redirects, since they
 * would receive the key.
 */
final class GatewayApi {
  private static final Duration CONNECTING = Duration.ofSeconds(10);
  private static final Duration ANSWERING = Duration.ofMinutes(10);
  private static final int MAX_ANSWER = 16 << 20;
  private static final int OK = 200;
  private static final int ACCEPTED = 202;

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

    Refused(String message) {
      super(message);
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
    try (InputStream body = answer(request)) {
      return json.readTree(body.readNBytes(MAX_ANSWER));
    } catch (JsonProcessingException e) {
      throw new Refused("the answer is not that of a gateway: check the URL");
    }
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
    try (InputStream body = answer(request("/restore", Map.of()).GET().build())) {
      return json.readTree(body.readNBytes(MAX_ANSWER));
    } catch (JsonProcessingException e) {
      throw new Refused("the answer is not that of a gateway: check the URL");
    }
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
    if (response.statusCode() == OK || response.statusCode() == ACCEPTED) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      throw new Refused(response.statusCode() + ": " + detail(body.readNBytes(MAX_ANSWER)));
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
