package org.byoemail.support;

import java.util.Map;

/** Accounts that only send, by a server without TLS and sign-in. */
public final class OutboundAccounts {
  private OutboundAccounts() {}

  /** Makes one of a new agent that is tested and sends; its id. */
  public static String make(ApiClient api, String address, int port) {
    return make(api, api.openAgent(address), address, "localhost", port);
  }

  /** The same for an agent, by a server at a host. */
  public static String make(ApiClient api, String agent, String address, String host, int port) {
    Map<String, Object> smtp =
        Map.of("host", host, "port", port, "security", "none", "auth", "none");
    String id =
        ApiClient.expect(
                201,
                api.post("/accounts", Map.of("agent", agent, "address", address, "smtp", smtp)))
            .text("id");
    ApiClient.expect(200, api.post("/accounts/" + id + "/test-smtp"));
    ApiClient.expect(200, api.patch("/accounts/" + id, Map.of("outboundEnabled", true)));
    return id;
  }

  /** How many mails a node has sent, as its metrics tell. */
  public static long sentBy(GatewayProcess node) {
    return node.metrics().stream()
        .filter(line -> line.startsWith("email_smtp_send_seconds_count"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
