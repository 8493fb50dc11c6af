package org.byoemail.bench;

import java.nio.file.Path;
import java.util.Map;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.Services;

/**
 * From the jar to ready: with everything embedded, and with services, at the second start each; and
 * once more from the jar taken apart, over the same data.
 */
final class StartBench implements Bench {

  @Override
  public void run(Path dir, Options options, Report report) {
    Path extracted = GatewayProcess.extract(dir.resolve("extracted"));
    try (GatewayProcess embedded = new GatewayProcess(dir.resolve("embedded"), Map.of())) {
      report.figure("embedded_first_seconds", start(embedded));
      embedded.stop();
      report.atMost("embedded_seconds", start(embedded), 15);
      embedded.stop();
      report.figure("extracted_embedded_seconds", start(embedded.extracted(extracted)));
    }
    try (Services services = Services.start(dir.resolve("services"));
        GatewayProcess node = new GatewayProcess(dir.resolve("node"), services, Map.of())) {
      report.figure("with_services_first_seconds", start(node));
      node.stop();
      report.atMost("with_services_seconds", start(node), 8);
      node.stop();
      report.figure("extracted_with_services_seconds", start(node.extracted(extracted)));
    }
  }

  private static double start(GatewayProcess gateway) {
    long start = System.nanoTime();
    gateway.start();
    return (System.nanoTime() - start) / 1e9;
  }
}
