package org.byoemail.inbound.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.byoemail.inbound.scan.ScanResult.Kind;
import org.byoemail.support.ScannerStub;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScannersTest {
  private static final Duration TIME = Duration.ofSeconds(10);
  private static final String MAIL = "Subject: x\r\n\r\n" + "All is well.\r\n".repeat(20_000);

  private final ScannerStub stub = new ScannerStub();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

  @AfterEach
  void stop() {
    stub.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"clamd", "icap"})
  void scannersSeeTheWholeMailAndNameWhatTheyFind(String kind) throws Exception {
    Scanners scanners = scanners(kind);

    assertThat(scan(scanners, MAIL).kind()).isEqualTo(Kind.CLEAN);
    ScanResult found = scan(scanners, MAIL + "EICAR");
    assertThat(found.kind()).isEqualTo(Kind.MALWARE);
    assertThat(found.scanner()).isEqualTo(kind);
    assertThat(found.reason()).contains("Eicar-Test-Signature");
    assertThat(stub.scans()).isEqualTo(2);
    assertThat(meters.get("byo.inbound.scan").tag("outcome", "malware").timer().count()).isOne();
  }

  @ParameterizedTest
  @CsvSource({
    "clamd, 'stream: surprise'",
    "clamd, ''",
    "clamd, 'INSTREAM ERROR'",
    "icap, 'HTTP/1.1 200 OK'",
    "icap, 'ICAP/1.0 500 Server error'",
    "icap, 'ICAP/1.0 404 Not found'",
    "icap, ''"
  })
  void answersThatAreNoneMakeTheScannerUnavailable(String kind, String answer) {
    stub.answer(answer);

    assertThatThrownBy(() -> scan(scanners(kind), MAIL))
        .isInstanceOf(ScannerUnavailable.class)
        .hasMessageStartingWith("the scanner " + kind + " is unavailable: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"clamd", "icap"})
  void answersAreBounded(String kind) {
    stub.answer("ICAP/1.0 200 " + "x".repeat(1 << 20));

    assertThatThrownBy(() -> scan(scanners(kind), MAIL))
        .isInstanceOf(ScannerUnavailable.class)
        .hasMessageContaining("more than");
  }

  @ParameterizedTest
  @ValueSource(strings = {"clamd", "icap"})
  void scannerThatDoesNotReadIsLeftOnceItsTimeIsOver(String kind) throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + deaf.getLocalPort();
      Scanners scanners = scanners(kind, address, Duration.ofMillis(300));
      byte[] large = new byte[32 << 20];

      assertThatThrownBy(() -> scanners.scan(() -> new ByteArrayInputStream(large), large.length))
          .isInstanceOf(ScannerUnavailable.class);
    }
  }

  @Test
  void whatIsNotScannedWholeIsLeftToAPerson() throws Exception {
    stub.answer("INSTREAM size limit exceeded. ERROR\0");
    assertThat(scan(scanners("clamd"), MAIL).kind()).isEqualTo(Kind.HOLD);

    stub.answer("ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0\r\n\r\n");
    assertThat(scan(scanners("icap"), MAIL).kind()).isEqualTo(Kind.HOLD);
  }

  @Test
  void scannerThatDoesNotAnswerIsNotAskedForAWhile() throws Exception {
    SettableClock settable = SettableClock.at(clock.instant());
    clock = settable;
    Scanners scanners = scanners("clamd");
    stub.leave();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> scan(scanners, MAIL))
          .isInstanceOfSatisfying(
              ScannerUnavailable.class, e -> assertThat(e.wasReached()).isTrue());
    }
    stub.comeBack();

    assertThatThrownBy(() -> scan(scanners, MAIL)).hasMessageContaining("did not answer lately");
    settable.advance(Duration.ofSeconds(16));
    assertThat(scan(scanners, MAIL).kind()).isEqualTo(Kind.CLEAN);
  }

  @Test
  void mailThatAScannerCannotScanDoesNotMakeOthersWait() throws Exception {
    Scanners scanners = scanners("clamd");
    for (int i = 0; i < 4; i++) {
      stub.answer("stream: surprise\0");
      assertThatThrownBy(() -> scan(scanners, MAIL)).hasMessageContaining("not of INSTREAM");
      stub.answer(null);
      assertThat(scan(scanners, MAIL).kind()).isEqualTo(Kind.CLEAN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"clamd", "icap", "service"})
  void scannerThatCannotBeReachedIsNotAskedForAWhileAtOnce(String kind) throws Exception {
    String closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = "127.0.0.1:" + socket.getLocalPort();
    }
    Scanners scanners =
        kind.equals("service")
            ? scanners(new ScanSettings("", null, URI.create("http://" + closed + "/"), TIME, TIME))
            : scanners(kind, closed, TIME);

    assertThatThrownBy(() -> scan(scanners, MAIL))
        .isInstanceOfSatisfying(
            ScannerUnavailable.class, e -> assertThat(e.wasReached()).isFalse());
    assertThatThrownBy(() -> scan(scanners, MAIL)).hasMessageContaining("did not answer lately");
  }

  @Test
  void serviceOfTheOperatorsDecides() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>();
    AtomicReference<String> answer = new AtomicReference<>();
    AtomicReference<Integer> status = new AtomicReference<>(200);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/screen",
        exchange -> {
          seen.set(
              exchange.getRequestHeaders().getFirst("Content-Type")
                  + " "
                  + exchange.getRequestBody().readAllBytes().length);
          byte[] body = answer.get().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status.get(), body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/screen");
      Scanners scanners = scanners(new ScanSettings("", null, uri, TIME, Duration.ZERO));

      answer.set("{\"action\":\"continue\"}");
      assertThat(scan(scanners, MAIL).kind()).isEqualTo(Kind.CLEAN);
      assertThat(seen.get()).isEqualTo("message/rfc822 " + MAIL.length());
      answer.set("{\"action\":\"hold\",\"reason\":\"a\\r\\nb\"}");
      assertThat(scan(scanners, MAIL)).isEqualTo(new ScanResult("service", Kind.HOLD, "a b"));
      answer.set("{\"action\":\"refuse\",\"reason\":\"no\"}");
      assertThat(scan(scanners, MAIL).kind()).isEqualTo(Kind.REFUSE);
      for (String wrong :
          new String[] {"{}", "[]", "nothing", "[".repeat(5_000), "x".repeat(70_000)}) {
        answer.set(wrong);
        assertThatThrownBy(() -> scan(scanners, MAIL)).isInstanceOf(ScannerUnavailable.class);
      }
      answer.set("");
      status.set(204);
      assertThat(scan(scanners, MAIL).kind()).isEqualTo(Kind.CLEAN);
      status.set(503);
      assertThatThrownBy(() -> scan(scanners, MAIL)).isInstanceOf(ScannerUnavailable.class);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void serviceWhoseAnswerDoesNotEndIsLeftOnceItsTimeIsOver() throws Exception {
    try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture.runAsync(() -> answerWithoutEnd(slow));
      URI uri = URI.create("http://127.0.0.1:" + slow.getLocalPort() + "/");
      Scanners scanners =
          scanners(new ScanSettings("", null, uri, Duration.ofMillis(500), Duration.ZERO));

      assertThatThrownBy(() -> scan(scanners, "x")).isInstanceOf(ScannerUnavailable.class);
    }
  }

  /** Until the client leaves. */
  private static void answerWithoutEnd(ServerSocket server) {
    try (Socket client = server.accept()) {
      client
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n{"
                  .getBytes(StandardCharsets.US_ASCII));
      client.getOutputStream().flush();
      while (client.getInputStream().read() >= 0) {
        // The request, then the end of the connection.
      }
    } catch (IOException e) {
      // The client left.
    }
  }

  @Test
  void settingsThatCannotWorkStopTheStart() {
    for (String clamd : new String[] {"localhost", "tcp://localhost:3310", "a b:1"}) {
      assertThatThrownBy(() -> new ScanSettings(clamd, null, null, TIME, TIME))
          .hasMessageContaining("byo.scan.clamd");
    }
    assertThatThrownBy(
            () -> new ScanSettings("", URI.create("http://icap.test/"), null, TIME, TIME))
        .hasMessageContaining("byo.scan.icap");
    assertThatThrownBy(
            () -> new ScanSettings("", null, URI.create("ftp://screen.test/"), TIME, TIME))
        .hasMessageContaining("byo.scan.service");
    assertThat(ScanSettings.host("[::1]:3310")).isEqualTo("::1");
    assertThat(new ScanSettings("", URI.create(""), null, TIME, TIME).icap()).isNull();
  }

  private Scanners scanners(String kind) {
    return scanners(kind, stub.address(), TIME);
  }

  private Scanners scanners(String kind, String address, Duration timeout) {
    boolean clamd = kind.equals("clamd");
    return scanners(
        new ScanSettings(
            clamd ? address : "",
            clamd ? null : URI.create("icap://" + address + "/avscan"),
            null,
            timeout,
            Duration.ofSeconds(15)));
  }

  private Scanners scanners(ScanSettings settings) {
    return new Scanners(settings, clock, meters);
  }

  private static ScanResult scan(Scanners scanners, String mail)
      throws ScannerUnavailable, IOException {
    byte[] bytes = mail.getBytes(StandardCharsets.ISO_8859_1);
    return scanners.scan(() -> new ByteArrayInputStream(bytes), bytes.length);
  }
}
