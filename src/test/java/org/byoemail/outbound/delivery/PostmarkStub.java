package org.byoemail.outbound.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Postmark's API on loopback: takes everything, except where it is told otherwise. */
final class PostmarkStub implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Ends the connection without an answer. */
  static final Answer CUT = new Answer(0, "");

  /** Ends in the middle of its body, and keeps the connection. */
  static final Answer STALLED = new Answer(200, "{\"ErrorCode\":0,");

  static final Answer TAKEN =
      new Answer(
          200,
          "{\"ErrorCode\":0,\"Message\":\"OK\",\"MessageID\":\"b7bc2f4a-e38e-4336-af7d-e6c392c2f817\"}");

  record Answer(int status, String body, String retryAfter) {
    Answer(int status, String body) {
      this(status, body, null);
    }

    Answer withRetryAfter(String value) {
      return new Answer(status, body, value);
    }
  }

  record Request(String path, String token, JsonNode mail) {}

  private final HttpServer server;
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  PostmarkStub() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** The next answers, one after the other; then everything is taken again. */
  synchronized PostmarkStub answers(Answer... next) {
    answers.addAll(List.of(next));
    return this;
  }

  static Answer error(int status, int code, String words) {
    return new Answer(status, "{\"ErrorCode\":%d,\"Message\":\"%s\"}".formatted(code, words));
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  synchronized void reset() {
    requests.clear();
    answers.clear();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(
          new Request(
              exchange.getRequestURI().getPath(),
              exchange.getRequestHeaders().getFirst("X-Postmark-Server-Token"),
              JSON.readTree(exchange.getRequestBody())));
      Answer answer = next();
      if (answer == CUT) {
        return;
      }
      if (answer == STALLED) {
        stall(exchange);
        return;
      }
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      if (answer.retryAfter() != null) {
        exchange.getResponseHeaders().set("Retry-After", answer.retryAfter());
      }
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void stall(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(STALLED.status(), 1000);
    exchange.getResponseBody().write(STALLED.body().getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
    try {
      goOn.await(2, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Answer next() {
    return answers.isEmpty() ? TAKEN : answers.pop();
  }

  @Override
  public void close() {
    goOn.countDown();
    server.stop(0);
  }
}
