package org.byoemail.platform.traffic;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** What the meters of this node have counted since it started. */
@Component
class TrafficMeters {
  private static final int MAX_LABEL = 60;

  private final MeterRegistry meters;

  TrafficMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  /** A count of a measure; ordered, so that nodes lock rows in the same order. */
  record Key(TrafficMeasure measure, String label) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = measure.compareTo(other.measure);
      return order == 0 ? label.compareTo(other.label) : order;
    }
  }

  Map<Key, Long> read() {
    Map<Key, Long> counts = new TreeMap<>();
    for (Counter mails : meters.find("byo.inbound.mails").counters()) {
      add(counts, TrafficMeasure.RECEIVED, tag(mails, "status", "other"), (long) mails.count());
    }
    for (Timer sends : meters.find("email.smtp.send").timers()) {
      addSends(counts, sends, tag(sends, "provider", "other"));
    }
    for (Timer sends : meters.find("email.postmark.send").timers()) {
      addSends(counts, sends, "postmark");
    }
    for (Counter reports : meters.find("byo.bounces").tag("kind", "failed").counters()) {
      if (!tag(reports, "matched", "none").equals("none")) {
        add(
            counts,
            TrafficMeasure.FAILED,
            "bounced: " + tag(reports, "reason", "none"),
            (long) reports.count());
      }
    }
    return counts;
  }

  // "mixed": a server accepted it for some of its recipients.
  private static void addSends(Map<Key, Long> counts, Timer sends, String provider) {
    String outcome = tag(sends, "outcome", "unknown");
    boolean accepted = outcome.equals("accepted") || outcome.equals("mixed");
    add(
        counts,
        accepted ? TrafficMeasure.SENT : TrafficMeasure.FAILED,
        accepted ? provider : outcome,
        sends.count());
  }

  private static void add(Map<Key, Long> counts, TrafficMeasure measure, String label, long count) {
    String bounded = label.length() > MAX_LABEL ? label.substring(0, MAX_LABEL) : label;
    counts.merge(new Key(measure, bounded), count, Long::sum);
  }

  private static String tag(Meter meter, String name, String otherwise) {
    return Objects.requireNonNullElse(meter.getId().getTag(name), otherwise);
  }
}
