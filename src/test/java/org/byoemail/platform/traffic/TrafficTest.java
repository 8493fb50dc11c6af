package org.byoemail.platform.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Counts of several nodes, of which each has its own meters. */
class TrafficTest extends WebTest {
  /** The tests of this class share the table with others. */
  private final String provider = "provider-" + UUID.randomUUID();

  @Autowired private TransactionTemplate transactions;

  @Test
  void nodesAddTheirCountsToTheSameMinuteAndHour() {
    MeterRegistry first = new SimpleMeterRegistry();
    MeterRegistry second = new SimpleMeterRegistry();
    TrafficCounts one = counts(first);
    TrafficCounts other = counts(second);
    send(first, "accepted", 3);
    send(first, "mixed", 1);
    send(second, "accepted", 2);

    one.add();
    other.add();
    one.add();
    send(first, "accepted", 4);
    one.add();

    assertThat(total(Traffic.Span.HOUR, TrafficMeasure.SENT, provider)).isEqualTo(10);
    assertThat(total(Traffic.Span.DAY, TrafficMeasure.SENT, provider)).isEqualTo(10);
    assertThat(total(Traffic.Span.MONTH, TrafficMeasure.SENT, provider)).isEqualTo(10);
  }

  @Test
  void failedAttemptsAndBouncesAreCountedByReason() {
    MeterRegistry meters = new SimpleMeterRegistry();
    String reason = UUID.randomUUID().toString();
    send(meters, reason, 2);
    bounce(meters, "failed", reason, "message-id", 3);
    bounce(meters, "delayed", reason, "message-id", 5);
    bounce(meters, "failed", reason, "none", 7);

    counts(meters).add();

    assertThat(total(Traffic.Span.HOUR, TrafficMeasure.FAILED, reason)).isEqualTo(2);
    assertThat(total(Traffic.Span.HOUR, TrafficMeasure.FAILED, "bounced: " + reason)).isEqualTo(3);
    assertThat(total(Traffic.Span.HOUR, TrafficMeasure.SENT, provider)).isZero();
  }

  @Test
  void nodesThatAddAtTheSameTimeLoseNothing() throws Exception {
    List<MeterRegistry> nodes =
        Stream.generate(() -> (MeterRegistry) new SimpleMeterRegistry()).limit(4).toList();
    ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
    try {
      List<Callable<Void>> work =
          nodes.stream().map(meters -> (Callable<Void>) () -> run(meters)).toList();
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(total(Traffic.Span.DAY, TrafficMeasure.SENT, provider)).isEqualTo(4 * 20);
    assertThat(total(Traffic.Span.DAY, TrafficMeasure.RECEIVED, provider)).isEqualTo(4 * 20);
  }

  @Test
  void oldCountsAreDeletedAndLeftOut() {
    insert("minute", Duration.ofHours(49));
    insert("minute", Duration.ofHours(47));
    insert("hour", Duration.ofDays(33));
    insert("hour", Duration.ofDays(31));

    assertThat(total(Traffic.Span.HOUR, TrafficMeasure.SENT, provider)).isZero();
    assertThat(total(Traffic.Span.MONTH, TrafficMeasure.SENT, provider)).isZero();
    counts(new SimpleMeterRegistry()).tidy();

    assertThat(
            jdbc.sql("SELECT step FROM traffic WHERE label = :label ORDER BY step")
                .param("label", provider)
                .query(String.class)
                .list())
        .containsExactly("hour", "minute");
  }

  @Test
  void pointsEndWithThePresentOne() {
    insert("hour", Duration.ofHours(23));
    insert("hour", Duration.ofHours(24));
    insert("hour", Duration.ZERO);

    long[] day = series(Traffic.Span.DAY).counts().get(TrafficMeasure.SENT).get(provider);

    assertThat(day).hasSize(24);
    assertThat(day[0]).isEqualTo(1);
    assertThat(day[23]).isEqualTo(1);
    assertThat(LongStream.of(day).sum()).isEqualTo(2);
  }

  private Void run(MeterRegistry meters) {
    TrafficCounts counts = counts(meters);
    for (int i = 0; i < 20; i++) {
      send(meters, "accepted", 1);
      meters.counter("byo.inbound.mails", "status", provider).increment();
      counts.add();
    }
    return null;
  }

  private TrafficCounts counts(MeterRegistry meters) {
    return new TrafficCounts(new TrafficMeters(meters), jdbc, transactions);
  }

  private void send(MeterRegistry meters, String outcome, int times) {
    for (int i = 0; i < times; i++) {
      meters
          .timer("email.smtp.send", "provider", provider, "outcome", outcome)
          .record(Duration.ofMillis(1));
    }
  }

  private static void bounce(
      MeterRegistry meters, String kind, String reason, String matched, int times) {
    meters
        .counter("byo.bounces", "kind", kind, "reason", reason, "matched", matched)
        .increment(times);
  }

  private void insert(String step, Duration ago) {
    jdbc.sql(
            """
            INSERT INTO traffic (step, at, measure, label, count)
            VALUES (:step, date_trunc('hour', to_timestamp(:at)), 'sent', :label, 1)
            """)
        .param("step", step)
        .param("at", Instant.now().minus(ago).getEpochSecond())
        .param("label", provider)
        .update();
  }

  private long total(Traffic.Span span, TrafficMeasure measure, String label) {
    long[] counts = series(span).counts().getOrDefault(measure, Map.of()).get(label);
    return counts == null ? 0 : LongStream.of(counts).sum();
  }

  private Traffic.Series series(Traffic.Span span) {
    return new Traffic(jdbc).of(span);
  }
}
