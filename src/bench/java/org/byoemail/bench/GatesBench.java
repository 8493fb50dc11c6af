package org.byoemail.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.byoemail.support.ApiClient;
import org.byoemail.support.PostgresProcess;
import org.byoemail.support.SmtpSink;

/**
 * What sending takes where no policy asks anything, with gates and dossiers as they are by default,
 * against a node without dossiers, whose gates have nothing to decide either: rounds of {@code
 * outbound} in turn, each with a database of its own. Then, with {@code examined=1}, the same with
 * a policy that has each mail examined, as a figure without a line.
 */
final class GatesBench implements Bench {
  /** Needs the recipients' and the findings' gates for each mail, which let all pass. */
  private static final Map<String, Object> EXAMINED =
      Map.of(
          "recipients", Map.of("unvouched", "refuse"),
          "findings", Map.of("secret", "refuse", "card-number", "refuse"));

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    try (Scratch mails = Scratch.below(dir);
        SmtpSink sink = new SmtpSink(mails.dir().resolve("sink"));
        PostgresProcess first = PostgresProcess.started(dir.resolve("with"));
        PostgresProcess second = PostgresProcess.started(dir.resolve("without"));
        GatewayWithAccounts with =
            new GatewayWithAccounts(dir.resolve("gateway-with"), first, Map.of());
        GatewayWithAccounts without =
            new GatewayWithAccounts(
                dir.resolve("gateway-without"), second, Map.of("BYO_DOSSIER_ENABLED", "false"))) {
      for (GatewayWithAccounts gateway : List.of(with, without)) {
        InTurn.accounts(gateway, sink);
      }
      InTurn rounds = new InTurn(with, without, sink, options);
      rounds.warmUp();
      requireEntries(with, without);
      InTurn.Ratios ratios = rounds.run("", report);
      report.atLeast("with_of_without", ratios.rate(), 0.95);
      report.atMost("cpu_with_of_without", ratios.cpu(), 1.05);
      if (options.number("examined", 0) > 0) {
        ApiClient.expect(
            200,
            with.api()
                .put(
                    "/sending-policy", Map.of("organization", "bench", "sendingPolicy", EXAMINED)));
        InTurn.Ratios examined = rounds.run("examined_", report);
        report.figure("examined_with_of_without", examined.rate());
        report.figure("examined_cpu_with_of_without", examined.cpu());
      }
    }
  }

  /** Else both nodes would do the same. */
  private static void requireEntries(GatewayWithAccounts with, GatewayWithAccounts without) {
    String entries = "SELECT count(*) FROM dossier_entry WHERE message_id IS NOT NULL";
    if (with.number(entries) == 0 || without.number(entries) != 0) {
      throw new IllegalStateException("dossiers are not written by the one node alone");
    }
  }
}
