package org.byoemail.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A receiver of webhooks on loopback that answers 204 at once. Thread-safe. */
final class WebhookReceiver implements AutoCloseable {
  private static final int THREADS = 32;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Long> arrived = new ConcurrentHashMap<>();
  private final Queue<byte[]> bodies = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final HttpServer server;

  WebhookReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 100);
    server.setExecutor(threads);
    server.createContext("/", this::take);
    server.start();
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/hook";
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    long now = System.nanoTime();
    JsonNode event = JSON.readTree(body);
    // Only the first: it may be delivered again.
    if (arrived.putIfAbsent(event.path("messageId").asText(), now) == null) {
      bodies.add(body);
    }
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  /** When the event of each message arrived first, by {@link System#nanoTime}. */
  Map<String, Long> arrived() {
    return arrived;
  }

  /** What was posted, the first time for each message. */
  Queue<byte[]> bodies() {
    return bodies;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
