package org.byoemail.flow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.byoemail.support.ApiClient;
import org.byoemail.support.GatewayProcess;

/** Accounts that only send, by a server without TLS and sign-in. */
final class OutboundAccounts {
  private OutboundAccounts() {}

  /** Makes one that is tested and sends; its id. */
  static String make(ApiClient api, String address, int port) {
    Map<String, Object> smtp =
        Map.of("host", "localhost", "port", port, "security", "none", "auth", "none");
    String id =
        ApiClient.expect(
                201,
                api.post(
                    "/accounts",
                    Map.of("agent", api.openAgent(address), "address", address, "smtp", smtp)))
            .text("id");
    ApiClient.expect(200, api.post("/accounts/" + id + "/test-smtp"));
    ApiClient.expect(200, api.patch("/accounts/" + id, Map.of("outboundEnabled", true)));
    return id;
  }

  /** How many mails a node has sent, as its metrics tell. */
  static long sentBy(GatewayProcess node) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + node.httpPort() + "/actuator/prometheus"))
            .build();
    try {
      return HttpClient.newHttpClient()
          .send(request, HttpResponse.BodyHandlers.ofLines())
          .body()
          .filter(line -> line.startsWith("email_smtp_send_seconds_count"))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
