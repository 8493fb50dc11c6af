package org.byoemail.support;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Receives the spans of gateways by OTLP over HTTP. Names and values of a protocol buffer are bytes
 * of UTF-8 as they are, so they can be found without parsing. Ends with this JVM.
 */
public final class SpanReceiver {
  private static final int MAX_BATCHES = 2_000;

  private final Queue<byte[]> batches = new ConcurrentLinkedQueue<>();
  private final HttpServer server;

  public SpanReceiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/v1/traces",
        exchange -> {
          byte[] batch = exchange.getRequestBody().readAllBytes();
          if (batches.size() < MAX_BATCHES) {
            batches.add(batch);
          }
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  /** As {@code management.otlp.tracing.endpoint} takes it. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
  }

  /** How many batches came. */
  public int batches() {
    return batches.size();
  }

  /** All that came. */
  public String text() {
    StringBuilder all = new StringBuilder();
    batches.forEach(batch -> all.append(new String(batch, StandardCharsets.UTF_8)).append('\n'));
    return all.toString();
  }
}
