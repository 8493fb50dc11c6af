package org.byoemail.bench;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.Services;

/**
 * From the jar to ready: with everything embedded, and with services, at the second start each; and
 * once more from the jar taken apart, over the same data. They are held against an application
 * without content that has the same libraries and services.
 */
final class StartBench implements Bench {
  private static final int BARE_STARTS = 3;
  private static final double EMBEDDED_LINE = 3;
  private static final double WITH_SERVICES_LINE = 2.5;
  private static final double EXTRACTED_LINE = 1.5;

  @Override
  public void run(Path dir, Options options, Report report) {
    Path extracted = GatewayProcess.extract(dir.resolve("extracted"));
    double embedded;
    try (GatewayProcess gateway = new GatewayProcess(dir.resolve("embedded"), Map.of())) {
      report.figure("embedded_first_seconds", start(gateway));
      gateway.stop();
      embedded = start(gateway);
      report.figure("embedded_seconds", embedded);
      gateway.stop();
      report.figure("extracted_embedded_seconds", start(gateway.extracted(extracted)));
    }
    try (Services services = Services.start(dir.resolve("services"));
        GatewayProcess node = new GatewayProcess(dir.resolve("node"), services, Map.of())) {
      report.figure("with_services_first_seconds", start(node));
      node.stop();
      double withServices = start(node);
      report.figure("with_services_seconds", withServices);
      node.stop();
      double apart = start(node.extracted(extracted));
      report.figure("extracted_with_services_seconds", apart);
      node.stop();
      if (options.references()) {
        BareStart bare = new BareStart(dir.resolve("bare"), extracted, services);
        double reference = median(DoubleStream.generate(bare::seconds).limit(BARE_STARTS));
        report.figure("bare_application_seconds", reference);
        report.atMost("embedded_of_bare", embedded / reference, EMBEDDED_LINE);
        report.atMost("with_services_of_bare", withServices / reference, WITH_SERVICES_LINE);
        report.atMost("extracted_of_bare", apart / reference, EXTRACTED_LINE);
      }
    }
  }

  private static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static double start(GatewayProcess gateway) {
    long start = System.nanoTime();
    gateway.start();
    return (System.nanoTime() - start) / 1e9;
  }
}
