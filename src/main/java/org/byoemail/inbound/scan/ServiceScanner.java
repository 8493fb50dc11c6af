package org.byoemail.inbound.scan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The operator's own service: the mail is posted to it as message/rfc822, and it answers with 200
 * and {@code {"action": "continue" | "hold" | "refuse", "reason": "..."}}, or with 204 to continue.
 */
final class ServiceScanner implements Scanner {
  private static final int MAX_ANSWER = 64 << 10;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(10).build())
                  .build())
          .build();

  private final URI service;
  private final Duration timeout;
  private final HttpClient client;

  ServiceScanner(URI service, Duration timeout) {
    this.service = service;
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .build();
  }

  @Override
  public String name() {
    return "service";
  }

  @Override
  public ScanResult scan(InputStream mail, long size) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(service)
            .timeout(timeout)
            .header("Content-Type", "message/rfc822")
            .header("Accept", "application/json")
            .POST(BodyPublishers.ofInputStream(() -> mail))
            .build();
    CompletableFuture<HttpResponse<InputStream>> sent =
        client.sendAsync(request, BodyHandlers.ofInputStream());
    long start = System.nanoTime();
    try {
      HttpResponse<InputStream> response = sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      Duration left = timeout.minusNanos(System.nanoTime() - start);
      return result(read(response, left.isNegative() ? Duration.ZERO : left));
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      String reason = "no answer: " + e.getCause().getClass().getSimpleName();
      boolean unreachable =
          e.getCause() instanceof ConnectException
              || e.getCause() instanceof HttpConnectTimeoutException;
      IOException failure = unreachable ? new ConnectException(reason) : new IOException(reason);
      failure.initCause(e);
      throw failure;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      sent.cancel(true);
      // An answer that began just as its time was over is left, too.
      sent.thenAccept(late -> close(late.body()));
    }
  }

  private record Answer(int status, byte[] body) {}

  /** A body that does not end in time is closed, which ends the reading of it. */
  private static Answer read(HttpResponse<InputStream> response, Duration left) throws IOException {
    try (InputStream body = response.body()) {
      ScheduledFuture<?> alarm = ScannerConnection.after(left, () -> close(body));
      try {
        return new Answer(response.statusCode(), body.readNBytes(MAX_ANSWER + 1));
      } finally {
        alarm.cancel(false);
      }
    }
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // It is gone already.
    }
  }

  private ScanResult result(Answer answer) throws IOException {
    if (answer.status() == 204) {
      return ScanResult.clean(name());
    }
    if (answer.status() != 200) {
      throw new IOException("it answers " + answer.status());
    }
    if (answer.body().length > MAX_ANSWER) {
      throw new IOException("its answer has more than " + MAX_ANSWER + " bytes");
    }
    JsonNode said = JSON.readTree(answer.body());
    String reason = said.path("reason").asText("no reason given");
    return switch (said.path("action").asText("")) {
      case "continue" -> ScanResult.clean(name());
      case "hold" -> new ScanResult(name(), ScanResult.Kind.HOLD, reason);
      case "refuse" -> new ScanResult(name(), ScanResult.Kind.REFUSE, reason);
      default -> throw new IOException("its answer has no action: continue, hold or refuse");
    };
  }
}
