package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.byoemail.account.connection.VettedHttp.Request;
import org.byoemail.account.connection.VettedHttp.Response;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.WebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to providers whose answers may be anything. */
class VettedHttpTest {
  private static final CertificateAuthority AUTHORITY = CertificateAuthority.shared();
  private static final Duration TIME = Duration.ofSeconds(5);
  private static final int MAX = 1000;

  private final WebServer web = new WebServer(AUTHORITY.issueOnlyFor("localhost"));
  private final Connections connections =
      new Connections(Clock.systemUTC(), Duration.ofSeconds(2), AUTHORITY.certificate());
  private final CountDownLatch ended = new CountDownLatch(1);

  @AfterEach
  void close() {
    ended.countDown();
    connections.close();
    web.close();
  }

  private Response get(String path) throws IOException {
    return get(path, TIME);
  }

  private Response get(String path, Duration time) throws IOException {
    return connections.http().exchange(Request.get(https(path)), MAX, time);
  }

  private URI https(String path) {
    return URI.create("https://localhost:" + web.httpsPort() + path);
  }

  @Test
  void answerIsReadWhole() throws IOException {
    web.page("localhost/known", "a text");

    Response answer = get("/known");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("a text");
  }

  @Test
  void answerInChunksIsReadWhole() throws IOException {
    web.page(
        "localhost/chunks",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 10; i++) {
            exchange.getResponseBody().write("0123456789".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
          }
        });

    assertThat(get("/chunks").body()).hasSize(100);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, MAX + 1})
  void longerAnswerIsRefused(long length) {
    web.page(
        "localhost/long",
        exchange -> {
          exchange.sendResponseHeaders(200, length);
          exchange.getResponseBody().write(new byte[MAX + 1]);
        });

    assertThatThrownBy(() -> get("/long"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer");
  }

  @Test
  void redirectIsNotFollowed() throws IOException {
    web.redirect("localhost/moved", "/secret");

    assertThat(get("/moved").status()).isEqualTo(302);
    assertThat(web.requests()).containsExactly("localhost/moved");
  }

  @Test
  void serverThatDoesNotAnswerIsLeft() {
    web.page(
        "localhost/slow",
        exchange -> {
          try {
            ended.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });

    assertThatThrownBy(() -> get("/slow", Duration.ofMillis(500)))
        .isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void certificateMustBeOfTheName() {
    URI byAddress = URI.create("https://127.0.0.1:" + web.httpsPort() + "/");

    assertThatThrownBy(() -> connections.http().exchange(Request.get(byAddress), MAX, TIME))
        .isInstanceOf(SSLException.class);
    assertThat(web.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://id.example.test/",
        "http://localhost.example.test/",
        "https://user:secret@id.example.test/",
        "https://id.example.test/#part",
        "ftp://localhost/",
        "file:///etc/passwd"
      })
  void addressThatIsNoHttpsIsRefused(String address) {
    assertThat(VettedHttp.isAllowed(URI.create(address))).isFalse();
    assertThatThrownBy(
            () -> connections.http().exchange(Request.get(URI.create(address)), MAX, TIME))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://10.0.0.1/", "https://169.254.169.254/", "https://[fd00::1]/"})
  void privateNetworkIsRefused(String address) {
    assertThatThrownBy(
            () -> connections.http().exchange(Request.get(URI.create(address)), MAX, TIME))
        .isInstanceOf(HostRefused.class);
  }

  @Test
  void headerCannotAddAnother() {
    Request request =
        new Request("POST", https("/"), Map.of("Accept", "a\r\nX-Other: b"), new byte[0]);

    assertThatThrownBy(() -> connections.http().exchange(request, MAX, TIME))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(web.requests()).isEmpty();
  }
}
