package org.byoemail.support;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /**
   * A span.
   *
   * @param node {@code service.instance.id} of its resource
   * @param parent empty if it has none
   */
  public record Span(
      String node,
      String trace,
      String id,
      String parent,
      String name,
      Map<String, String> attributes) {}

  /** All spans that came. */
  public List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    for (byte[] batch : batches) {
      // ExportTraceServiceRequest of opentelemetry/proto/collector/trace/v1/trace_service.proto
      for (ProtoFields resourceSpans : ProtoFields.of(batch).messages(1)) {
        Map<String, String> resource = new HashMap<>();
        resourceSpans.messages(1).forEach(one -> resource.putAll(attributes(one.messages(1))));
        for (ProtoFields scope : resourceSpans.messages(2)) {
          for (ProtoFields span : scope.messages(2)) {
            spans.add(
                new Span(
                    resource.getOrDefault("service.instance.id", ""),
                    span.hex(1),
                    span.hex(2),
                    span.hex(4),
                    span.text(5),
                    attributes(span.messages(9))));
          }
        }
      }
    }
    return spans;
  }

  private static Map<String, String> attributes(List<ProtoFields> keyValues) {
    Map<String, String> attributes = new HashMap<>();
    keyValues.forEach(
        one -> one.messages(2).forEach(value -> attributes.put(one.text(1), value.text(1))));
    return attributes;
  }

  /** All that came. */
  public String text() {
    StringBuilder all = new StringBuilder();
    batches.forEach(batch -> all.append(new String(batch, StandardCharsets.UTF_8)).append('\n'));
    return all.toString();
  }
}
