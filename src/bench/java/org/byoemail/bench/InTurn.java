package org.byoemail.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.byoemail.support.SmtpSink;
import org.byoemail.support.StompProducer;

/**
 * Rounds of {@code outbound} at two nodes with something and without it, in turn: which of them
 * begins alternates.
 */
final class InTurn {
  private static final int ACCOUNTS = 50;

  private final GatewayWithAccounts with;
  private final GatewayWithAccounts without;
  private final SmtpSink sink;
  private final int count;
  private final int warmup;
  private final int rounds;
  private int sentByEach;

  InTurn(
      GatewayWithAccounts with, GatewayWithAccounts without, SmtpSink sink, Bench.Options options) {
    this.with = with;
    this.without = without;
    this.sink = sink;
    this.count = options.number("count", 20_000);
    this.warmup = options.number("warmup", 50_000);
    this.rounds = options.number("rounds", 5);
  }

  /** Rate and processor time of a round. */
  private record Round(double perSecond, double cpuMillis) {}

  /** The medians of with to without. */
  record Ratios(double rate, double cpu) {}

  /** Makes the accounts that {@link OutboundBench#send} sends from. */
  static void accounts(GatewayWithAccounts gateway, SmtpSink sink) {
    for (int i = 0; i < ACCOUNTS; i++) {
      gateway.account("agent" + i + "@bench.test", sink.port(), "none");
    }
  }

  void warmUp() throws Exception {
    sentByEach += warmup;
    round(with, "warm-with", warmup);
    round(without, "warm-without", warmup);
  }

  /**
   * Runs the rounds, and checks that each mail arrived once.
   *
   * @param name before the names of figures, and of mails
   */
  Ratios run(String name, Report report) throws Exception {
    List<Double> rates = new ArrayList<>();
    List<Double> costs = new ArrayList<>();
    for (int number = 0; number < rounds; number++) {
      sentByEach += count;
      String first = name + "a" + number + "-";
      String second = name + "b" + number + "-";
      boolean withFirst = number % 2 == 0;
      Round one = round(withFirst ? with : without, first, count);
      Round other = round(withFirst ? without : with, second, count);
      Round on = withFirst ? one : other;
      Round off = withFirst ? other : one;
      report.figure(name + "per_second_with_" + number, on.perSecond());
      report.figure(name + "per_second_without_" + number, off.perSecond());
      report.figure(name + "cpu_ms_with_" + number, on.cpuMillis() / count);
      report.figure(name + "cpu_ms_without_" + number, off.cpuMillis() / count);
      rates.add(on.perSecond() / off.perSecond());
      costs.add(on.cpuMillis() / off.cpuMillis());
      sink.requireEachOnce(first, count);
      sink.requireEachOnce(second, count);
    }
    return new Ratios(median(rates), median(costs));
  }

  private Round round(GatewayWithAccounts gateway, String name, int mails) throws Exception {
    long cpu = gateway.cpuMillis();
    long start = System.currentTimeMillis();
    try (StompProducer producer = gateway.producer()) {
      OutboundBench.send(producer, name, mails);
    }
    gateway.awaitSent(sentByEach);
    return new Round(
        mails * 1000.0 / (gateway.lastSentMillis() - start), gateway.cpuMillis() - cpu);
  }

  private static double median(List<Double> values) {
    Collections.sort(values);
    return values.get(values.size() / 2);
  }
}
