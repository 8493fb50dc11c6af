package org.byoemail.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.byoemail.support.ApiClient;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.MailUser;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.Services;

/** Several nodes over the services that they share, with leases that end soon. */
final class Cluster implements AutoCloseable {
  static final Duration TTL = Duration.ofSeconds(4);
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String[] NAMES = {"a", "b", "c"};

  private final Services services;
  private final Map<String, GatewayProcess> nodes = new TreeMap<>();

  private Cluster(Path dir, Map<String, String> properties) {
    services = Services.start(dir);
    for (String name : NAMES) {
      Map<String, String> settings = new HashMap<>(RealAccounts.gatewaySettings());
      settings.put("BYO_LEASE_NODE", name);
      settings.put("BYO_LEASE_TTL", TTL.toSeconds() + "s");
      settings.put("BYO_MAILBOX_RECONCILE_INTERVAL", "1s");
      settings.put("BYO_MAILBOX_LOGIN_INTERVAL", "0ms");
      settings.put("BYO_LEASE_TRANSACTION_TIMEOUT", "2s");
      settings.put("SPRING_APPLICATION_JSON", json(properties));
      nodes.put(name, new GatewayProcess(dir.resolve(name), services, settings).heap("-Xmx384m"));
    }
  }

  /** Starts all, with further properties. */
  static Cluster start(Path dir, Map<String, String> properties) {
    Cluster cluster = new Cluster(dir, properties);
    try {
      // The first one makes the tables.
      cluster.node("a").start();
      CompletableFuture.allOf(
              CompletableFuture.runAsync(() -> cluster.node("b").start()),
              CompletableFuture.runAsync(() -> cluster.node("c").start()))
          .join();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** Properties as the environment variable SPRING_APPLICATION_JSON holds them. */
  static String json(Map<String, String> properties) {
    try {
      return new ObjectMapper().writeValueAsString(properties);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  GatewayProcess node(String name) {
    return nodes.get(name);
  }

  /** Where the nodes that run serve HTTP. */
  List<Integer> ports() {
    return nodes.values().stream()
        .filter(GatewayProcess::isAlive)
        .map(GatewayProcess::httpPort)
        .toList();
  }

  Services services() {
    return services;
  }

  /** An account that receives at that mailbox; its id. */
  String receiving(DovecotServer dovecot, MailUser user) {
    return RealAccounts.receiving(node("c").api(), dovecot, user);
  }

  /** The same, which receives in several folders. */
  String receiving(DovecotServer dovecot, MailUser user, List<String> folders) {
    return RealAccounts.receiving(node("c").api(), dovecot, user, folders);
  }

  /** Has the mailbox of an account looked into, whatever it waits for. */
  void poll(String account) {
    ApiClient.expect(202, node("c").api().post("/accounts/" + account + "/poll"));
  }

  /** How many mailboxes each node has, as the node c tells. */
  Map<String, Integer> shares() {
    Map<String, Integer> shares = new TreeMap<>();
    for (JsonNode account : accounts()) {
      for (JsonNode folder : account.path("folders")) {
        shares.merge(folder.path("lease").path("node").asText("nobody"), 1, Integer::sum);
      }
    }
    return shares;
  }

  private List<JsonNode> accounts() {
    List<JsonNode> all = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page =
          ApiClient.expect(200, node("c").api().get("/accounts?limit=100" + cursor)).body();
      page.path("items").forEach(all::add);
      cursor = page.path("next").isTextual() ? "&cursor=" + page.path("next").asText() : "";
    } while (!cursor.isEmpty());
    return all;
  }

  /** Waits until those nodes, and no others, have all the mailboxes between them. */
  void awaitHolders(String... names) {
    Awaitility.await("the mailboxes at " + Set.of(names))
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> shares().keySet(), Set.of(names)::equals);
  }

  @Override
  public void close() {
    try (services) {
      nodes.values().stream().filter(GatewayProcess::isAlive).forEach(GatewayProcess::kill);
    }
  }
}
