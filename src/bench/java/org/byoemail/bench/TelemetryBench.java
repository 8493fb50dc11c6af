package org.byoemail.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.byoemail.support.PostgresProcess;
import org.byoemail.support.SmtpSink;

/**
 * What sending takes with metrics that are scraped every 15 s and traces that are exported as they
 * are by default, against neither: rounds of submissions to a gateway with and to one without, in
 * turn, each with a database of its own.
 */
final class TelemetryBench implements Bench {
  private static final int SCRAPE_SECONDS = 15;

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    AtomicLong exported = new AtomicLong();
    HttpServer collector = collector(exported);
    ScheduledExecutorService scraper = Executors.newSingleThreadScheduledExecutor();
    try (Scratch mails = Scratch.below(dir);
        SmtpSink sink = new SmtpSink(mails.dir().resolve("sink"));
        PostgresProcess first = PostgresProcess.started(dir.resolve("with"));
        PostgresProcess second = PostgresProcess.started(dir.resolve("without"));
        GatewayWithAccounts with =
            new GatewayWithAccounts(
                dir.resolve("gateway-with"), first, traces(collector, options));
        GatewayWithAccounts without =
            new GatewayWithAccounts(
                dir.resolve("gateway-without"),
                second,
                Map.of(
                    "MANAGEMENT_DEFAULTS_METRICS_EXPORT_ENABLED", "false",
                    "MANAGEMENT_PROMETHEUS_METRICS_EXPORT_ENABLED", "false"))) {
      scraper.scheduleWithFixedDelay(with::scrape, 1, SCRAPE_SECONDS, TimeUnit.SECONDS);
      for (GatewayWithAccounts gateway : List.of(with, without)) {
        InTurn.accounts(gateway, sink);
      }
      InTurn rounds = new InTurn(with, without, sink, options);
      rounds.warmUp();
      InTurn.Ratios ratios = rounds.run("", report);
      report.figure("exported_kb", exported.get() / 1024.0);
      report.atLeast("with_of_without", ratios.rate(), 0.95);
      report.atMost("cpu_with_of_without", ratios.cpu(), 1.05);
    } finally {
      scraper.shutdownNow();
      collector.stop(0);
    }
  }

  /** By default as many as a node exports by default. */
  private static Map<String, String> traces(HttpServer collector, Options options) {
    Map<String, String> settings = new HashMap<>();
    settings.put(
        "MANAGEMENT_OTLP_TRACING_ENDPOINT",
        "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces");
    String sampling = options.text("sampling", "");
    if (!sampling.isEmpty()) {
      settings.put("MANAGEMENT_TRACING_SAMPLING_PROBABILITY", sampling);
    }
    return settings;
  }

  /** Takes spans, and counts their bytes. */
  private static HttpServer collector(AtomicLong bytes) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          bytes.addAndGet(exchange.getRequestBody().transferTo(OutputStream.nullOutputStream()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    return server;
  }
}
