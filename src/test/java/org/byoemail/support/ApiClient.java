package org.byoemail.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Talks to the HTTP API as a platform would. */
public final class ApiClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final String base;
  private final String key;

  public ApiClient(String base, String key) {
    this.base = base;
    this.key = key;
  }

  /** An answer: status and JSON body (missing where there is none). */
  public record Answer(int status, JsonNode body) {
    public String text(String field) {
      return body.path(field).asText();
    }
  }

  /** Makes an OAuth client of the organization flow at the test provider; its id. */
  public String oauthClient(String kind, Map<String, ?> fields) {
    Map<String, Object> client = new HashMap<>(fields);
    client.putAll(Map.of("organization", "flow", "provider", "test", "kind", kind));
    return expect(201, post("/oauth-clients", client)).text("id");
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  public Answer post(String path, Object body) {
    return send(request(path).header("Content-Type", "application/json").POST(json(body)));
  }

  public Answer post(String path) {
    return send(request(path).POST(HttpRequest.BodyPublishers.noBody()));
  }

  public Answer patch(String path, Object body) {
    return send(
        request(path).header("Content-Type", "application/json").method("PATCH", json(body)));
  }

  public Answer put(String path, Object body) {
    return send(request(path).header("Content-Type", "application/json").method("PUT", json(body)));
  }

  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  /** Uploads a file for the agents made here; its id. */
  public String upload(String name, byte[] content) {
    return expect(
            201,
            send(
                request("/attachments?organization=flow&name=" + name)
                    .header("Content-Type", "application/octet-stream")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(content))))
        .text("id");
  }

  /** The raw bytes of an answer. */
  public byte[] bytes(String path) {
    return bytes(request(path).GET().build());
  }

  /** What is at a path outside the API, as text. */
  public String text(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30)).build();
    return new String(bytes(request), StandardCharsets.UTF_8);
  }

  private byte[] bytes(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Makes an agent with an account that is tested and enabled on both sides; its id. */
  public String account(String agent, String address, Map<String, ?> smtp, Map<String, ?> imap) {
    Answer created =
        expect(
            201,
            post(
                "/accounts",
                Map.of("agent", agent, "address", address, "smtp", smtp, "imap", imap)));
    String id = created.text("id");
    requireOk(post("/accounts/" + id + "/test-smtp"));
    requireOk(post("/accounts/" + id + "/test-imap"));
    expect(200, patch("/accounts/" + id, Map.of("outboundEnabled", true, "inboundEnabled", true)));
    return id;
  }

  /** Makes an agent that everybody may write to; its id. */
  public String openAgent(String name) {
    return expect(
            201,
            post(
                "/agents",
                Map.of(
                    "name",
                    name,
                    "organization",
                    "flow",
                    "contactPolicy",
                    Map.of("inbound", "open"))))
        .text("id");
  }

  public static Answer expect(int status, Answer answer) {
    if (answer.status() != status) {
      throw new AssertionError("expected " + status + " but got " + answer);
    }
    return answer;
  }

  private static void requireOk(Answer test) {
    if (!test.body().path("ok").asBoolean()) {
      throw new AssertionError("a connection test failed: " + test);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + "/api/v1" + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + key);
  }

  private static HttpRequest.BodyPublisher json(Object body) {
    try {
      return HttpRequest.BodyPublishers.ofString(
          body instanceof String text ? text : JSON.writeValueAsString(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      String body = response.body();
      return new Answer(
          response.statusCode(), body.isBlank() ? JSON.missingNode() : JSON.readTree(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while waiting for an answer", e);
  }
}
