package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Providers that answer badly, or not at all. */
class OidcProviderTest {
  private static final String CONFIGURATION = "/.well-known/openid-configuration";
  private static final Duration BRIEFLY = Duration.ofSeconds(3);

  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private OidcProvider provider;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    provider =
        new OidcProvider(
            new OidcSettings(
                issuer(),
                "console",
                "secret",
                "Log in",
                List.of("openid"),
                Map.of(),
                "",
                "",
                Duration.ofHours(12)),
            new PublicUrl(new PublicUrlSettings("https://gateway.example.test")),
            clock,
            ProviderRequests.factory(BRIEFLY, BRIEFLY));
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void endlessConfigurationIsNotReadToItsEnd() {
    AtomicInteger written = new AtomicInteger();
    answer(
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, 0);
          byte[] chunk = " ".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
          try (OutputStream body = exchange.getResponseBody()) {
            while (written.addAndGet(chunk.length) < 100 << 20) {
              body.write(chunk);
            }
          }
        });

    assertThatThrownBy(() -> provider.registration())
        .hasStackTraceContaining("longer than " + ProviderRequests.MAX_BYTES);
    assertThat(written.get()).isLessThan(100 << 20);
  }

  @Test
  void redirectIsNotFollowed() {
    AtomicInteger elsewhere = new AtomicInteger();
    server.createContext(
        "/elsewhere",
        exchange -> {
          elsewhere.incrementAndGet();
          send(exchange, configuration(issuer()));
        });
    answer(
        exchange -> {
          exchange.getResponseHeaders().add("Location", issuer() + "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
        });

    assertThatThrownBy(() -> provider.registration()).hasStackTraceContaining("redirects");
    assertThat(elsewhere).hasValue(0);
  }

  @Test
  void configurationOfAnotherIssuerIsRefused() {
    answer(exchange -> send(exchange, configuration("https://evil.test")));

    assertThatThrownBy(() -> provider.registration()).hasMessageContaining("another issuer");
  }

  @Test
  void silentProviderIsGivenUpAndNotAskedAgainAtOnce() {
    answer(
        exchange -> {
          try {
            end.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });

    assertThatThrownBy(() -> provider.registration()).isInstanceOf(RuntimeException.class);
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> provider.registration()).hasMessageContaining("a moment ago");
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void providerThatIsBackIsAskedAgain() {
    answer(
        exchange -> {
          if (asked.get() == 1) {
            exchange.sendResponseHeaders(503, -1);
          } else {
            send(exchange, configuration(issuer()));
          }
        });
    assertThatThrownBy(() -> provider.registration()).isInstanceOf(RuntimeException.class);

    clock.advance(Duration.ofSeconds(5));

    assertThat(provider.registration().getProviderDetails().getTokenUri())
        .isEqualTo(issuer() + "/token");
    assertThat(provider.registration().getRedirectUri())
        .isEqualTo("https://gateway.example.test" + OidcProvider.CALLBACK);
    assertThat(asked).hasValue(2);
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private void answer(Handler handler) {
    server.createContext(
        CONFIGURATION,
        exchange -> {
          asked.incrementAndGet();
          try (exchange) {
            handler.handle(exchange);
          }
        });
  }

  private static void send(HttpExchange exchange, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private String issuer() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  private String configuration(String issuer) {
    return """
        {"issuer": "%1$s", "authorization_endpoint": "%2$s/authorize", "token_endpoint": "%2$s/token",
         "jwks_uri": "%2$s/jwks", "subject_types_supported": ["public"], "response_types_supported": ["code"],
         "id_token_signing_alg_values_supported": ["RS256"]}
        """
        .formatted(issuer, issuer());
  }
}
