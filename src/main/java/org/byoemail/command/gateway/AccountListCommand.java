package org.byoemail.command.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Lists the accounts that the key sees. */
final class AccountListCommand extends GatewayCommand {
  private static final String ORGANIZATION = "--organization";
  private static final String USAGE =
      """
      usage: BYO_API_KEY=... java -jar byo-email.jar accounts list [options]

        --organization NAME   of that organization only
        --url URL             of the gateway (default http://localhost:8080)
        --json                a line of JSON for each, as when the output is piped
      """;

  AccountListCommand(CommandLine line) {
    super("accounts list", line);
  }

  @Override
  Set<String> valued() {
    return Set.of(ORGANIZATION);
  }

  @Override
  Set<String> flags() {
    return Set.of();
  }

  @Override
  String usage() {
    return USAGE;
  }

  @Override
  int run(CommandOptions options, GatewayApi api) throws IOException, InterruptedException {
    Map<String, String> query = new HashMap<>(Map.of("limit", "200"));
    String organization = options.one(ORGANIZATION);
    if (organization != null) {
      query.put("organization", organization);
    }
    String cursor = "";
    while (cursor != null) {
      JsonNode page = api.get("/accounts", query);
      for (JsonNode account : page.path("items")) {
        line().out().println(isJson(options) ? account.toString() : row(account));
      }
      cursor = page.path("next").textValue();
      query.put("cursor", cursor == null ? "" : cursor);
    }
    return DONE;
  }

  private static String row(JsonNode account) {
    return "%s  %-12s  %s"
        .formatted(
            account.path("id").asText(),
            account.path("status").asText(),
            account.path("address").asText());
  }
}
