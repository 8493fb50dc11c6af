package org.byoemail.platform.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Adds what this node has counted since the last run to the counts of all nodes. A route runs it on
 * every node, every {@code byo.traffic.interval}. What a node counts between its last run and its
 * end is lost. Safe for use by many threads.
 */
@Component("trafficCounts")
public class TrafficCounts {
  private final TrafficMeters meters;
  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private Map<TrafficMeters.Key, Long> added = Map.of();

  TrafficCounts(TrafficMeters meters, JdbcClient jdbc, TransactionTemplate transactions) {
    this.meters = meters;
    this.jdbc = jdbc;
    this.transactions = transactions;
  }

  /** Adds them in one statement; none if there are none. They are kept if that fails. */
  public synchronized void add() {
    Map<TrafficMeters.Key, Long> now = meters.read();
    Map<TrafficMeters.Key, Long> more = new TreeMap<>();
    now.forEach(
        (key, count) -> {
          long difference = count - added.getOrDefault(key, 0L);
          if (difference > 0) {
            more.put(key, difference);
          }
        });
    if (!more.isEmpty()) {
      transactions.executeWithoutResult(status -> write(more));
    }
    added = now;
  }

  // In the order of the key: two nodes that add the same rows must not wait for each other.
  private void write(Map<TrafficMeters.Key, Long> more) {
    List<String> measures = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    more.keySet()
        .forEach(
            key -> {
              measures.add(key.measure().word());
              labels.add(key.label());
            });
    jdbc.sql(
            """
            INSERT INTO traffic AS t (step, at, measure, label, count)
            SELECT step, date_trunc(step, statement_timestamp(), 'UTC'), measure, label, count
            FROM unnest(:measures::text[], :labels::text[], :counts::bigint[]) AS more (measure, label, count)
              CROSS JOIN (VALUES ('minute'), ('hour')) AS steps (step)
            ORDER BY step, measure, label
            ON CONFLICT (step, at, measure, label) DO UPDATE SET count = t.count + excluded.count
            """)
        .param("measures", measures.toArray(String[]::new))
        .param("labels", labels.toArray(String[]::new))
        .param("counts", more.values().toArray(Long[]::new))
        .update();
  }

  /** Deletes minutes after 2 days, and hours after 32 days. */
  public void tidy() {
    jdbc.sql(
            """
            DELETE FROM traffic WHERE (step, at, measure, label) IN (
              SELECT step, at, measure, label FROM traffic
              WHERE (step = 'minute' AND at < statement_timestamp() - interval '2 days')
                OR (step = 'hour' AND at < statement_timestamp() - interval '32 days')
              FOR UPDATE SKIP LOCKED)
            """)
        .update();
  }
}
