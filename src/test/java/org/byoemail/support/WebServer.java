package org.byoemail.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * A web server on loopback, over HTTPS and plain HTTP, for any host names: pages are found by host
 * and path, all others are 404. Safe for use by several threads; closed by its test.
 */
public final class WebServer implements AutoCloseable {
  /** Answers one request. */
  public interface Page {
    void answer(HttpExchange exchange) throws IOException;
  }

  private final HttpsServer https;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Page> pages = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  public WebServer(ServerCertificate certificate) {
    try {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
      https = HttpsServer.create(any, 0);
      https.setHttpsConfigurator(new HttpsConfigurator(certificate.serverContext()));
      http = HttpServer.create(any, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (HttpServer server : List.of(https, http)) {
      server.setExecutor(threads);
      server.createContext("/", this::answer);
      server.start();
    }
  }

  public int httpsPort() {
    return https.getAddress().getPort();
  }

  public int httpPort() {
    return http.getAddress().getPort();
  }

  /** What was asked: host and path, with the query. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /**
   * Serves a page.
   *
   * @param place host and path, without query
   */
  public WebServer page(String place, Page page) {
    pages.put(place, page);
    return this;
  }

  /** Serves a text with status 200. */
  public WebServer page(String place, String text) {
    return page(
        place,
        exchange -> {
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
        });
  }

  /** Redirects to that address. */
  public WebServer redirect(String place, String location) {
    return page(
        place,
        exchange -> {
          exchange.getResponseHeaders().set("Location", location);
          exchange.sendResponseHeaders(302, -1);
        });
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String host =
          Pattern.compile(":\\d+$")
              .matcher(exchange.getRequestHeaders().getFirst("Host"))
              .replaceAll("");
      requests.add(host + exchange.getRequestURI());
      Page page = pages.get(host + exchange.getRequestURI().getPath());
      if (page == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        page.answer(exchange);
      }
    }
  }

  @Override
  public void close() {
    https.stop(0);
    http.stop(0);
    threads.shutdownNow();
  }
}
