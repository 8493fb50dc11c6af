package org.byoemail.outbound.quota;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.Ids;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * How many messages agents submit a day, by UTC. Days are counted once and kept for four weeks;
 * what is usual of an agent is known to each node for a day. Safe for use by many threads and
 * nodes.
 */
@Repository
class DailyVolumes {
  private static final int DAYS = 28;

  /** An agent whose first mail is more recent has no weeks to compare with. */
  private static final int MIN_DAYS = 7;

  private static final int MAX_KNOWN = 10_000;

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;

  private final Map<AgentId, Usual> known =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<AgentId, Usual> eldest) {
              return size() > MAX_KNOWN;
            }
          });

  DailyVolumes(JdbcClient jdbc, TransactionTemplate transactions) {
    this.jdbc = jdbc;
    this.transactions = transactions;
  }

  /**
   * What is usual of an agent.
   *
   * @param day today
   * @param days how many days its mail is known for
   * @param busy the messages of its busiest day but one: one flood must not make the next one usual
   */
  record Usual(LocalDate day, int days, long busy) {
    /** Whether it has sent for long enough. */
    boolean isKnown() {
      return days >= MIN_DAYS;
    }
  }

  /** What is usual of an agent, by its days before today. */
  Usual usual(AgentId agent, LocalDate today) {
    Usual found = known.get(agent);
    if (found == null || !found.day().equals(today)) {
      found = usual(today, days(agent, today));
      known.put(agent, found);
    }
    return found;
  }

  /**
   * @param days the messages of the days before today, from the first with any
   */
  static Usual usual(LocalDate today, List<Long> days) {
    List<Long> busiest = new ArrayList<>(days);
    busiest.sort(Comparator.reverseOrder());
    return new Usual(today, days.size(), busiest.size() < 2 ? 0 : busiest.get(1));
  }

  private List<Long> days(AgentId agent, LocalDate today) {
    LocalDate first = today.minusDays(DAYS);
    transactions.executeWithoutResult(status -> count(agent, first, today));
    return jdbc.sql(
            """
            SELECT coalesce(v.messages, 0) FROM generate_series(
                (SELECT min(day) FROM agent_volume WHERE agent_id = :agent AND messages > 0 AND day >= :first),
                :yesterday::date, interval '1 day') AS d (day)
              LEFT JOIN agent_volume v ON v.agent_id = :agent AND v.day = d.day
            """)
        .param("agent", agent.value())
        .param("first", first)
        .param("yesterday", today.minusDays(1))
        .query(Long.class)
        .list();
  }

  /** Counts the days that were not counted yet; yesterday's row says that they were. */
  private void count(AgentId agent, LocalDate first, LocalDate today) {
    LocalDate counted =
        jdbc.sql("SELECT max(day) FROM agent_volume WHERE agent_id = :agent")
            .param("agent", agent.value())
            .query((row, number) -> row.getObject(1, LocalDate.class))
            .list()
            .get(0);
    LocalDate from = counted == null || counted.isBefore(first) ? first : counted.plusDays(1);
    if (!from.isBefore(today)) {
      return;
    }
    jdbc.sql("DELETE FROM agent_volume WHERE agent_id = :agent AND day < :first")
        .param("agent", agent.value())
        .param("first", first)
        .update();
    jdbc.sql(
            """
            INSERT INTO agent_volume (agent_id, day, messages)
            SELECT :agent, day, count(*) FROM (
              SELECT (m.created_at AT TIME ZONE 'UTC')::date AS day FROM endpoint e
                JOIN message m ON m.endpoint_id = e.id
                WHERE e.owner_agent_id = :agent AND m.direction = 'outbound' AND m.id >= :from AND m.id < :to) mails
            WHERE day >= :fromDay AND day < :toDay GROUP BY day
            ON CONFLICT DO NOTHING
            """)
        .param("agent", agent.value())
        .param("from", Ids.firstOf(from.atStartOfDay(ZoneOffset.UTC).toInstant()))
        .param("to", Ids.firstOf(today.atStartOfDay(ZoneOffset.UTC).toInstant()))
        .param("fromDay", from)
        .param("toDay", today)
        .update();
    jdbc.sql("INSERT INTO agent_volume VALUES (:agent, :day, 0) ON CONFLICT DO NOTHING")
        .param("agent", agent.value())
        .param("day", today.minusDays(1))
        .update();
  }
}
