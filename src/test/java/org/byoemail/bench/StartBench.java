package org.byoemail.bench;

import java.nio.file.Path;
import java.util.Map;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.Services;

/** From the jar to ready: with everything embedded, at the second start, and with services. */
final class StartBench implements Bench {

  @Override
  public void run(Path dir, Options options, Report report) {
    try (GatewayProcess embedded = new GatewayProcess(dir.resolve("embedded"), Map.of())) {
      report.figure("embedded_first_seconds", start(embedded));
      embedded.stop();
      report.atMost("embedded_seconds", start(embedded), 15);
    }
    try (Services services = Services.start(dir.resolve("services"));
        GatewayProcess node = new GatewayProcess(dir.resolve("node"), services, Map.of())) {
      report.figure("with_services_first_seconds", start(node));
      node.stop();
      report.atMost("with_services_seconds", start(node), 8);
    }
  }

  private static double start(GatewayProcess gateway) {
    long start = System.nanoTime();
    gateway.start();
    return (System.nanoTime() - start) / 1e9;
  }
}
