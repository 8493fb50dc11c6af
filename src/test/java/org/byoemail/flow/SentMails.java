package org.byoemail.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.byoemail.support.SmtpSink;
import org.byoemail.support.SmtpSink.Arrived;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is recorded of the submissions whose ids begin with a name, and what arrived of them. */
final class SentMails {
  private final JdbcClient jdbc;
  private final SmtpSink sink;

  SentMails(DataSource database, SmtpSink sink) {
    this.jdbc = JdbcClient.create(database);
    this.sink = sink;
  }

  /** The mails that arrived whole. */
  List<Arrived> arrived(String name) {
    return sink.arrived().stream()
        .filter(mail -> mail.field("Subject").startsWith(name + "-"))
        .toList();
  }

  long accepted(String name) {
    return count("SELECT count(*) FROM outbound_submission WHERE submission_id LIKE :name", name);
  }

  /** How many of them have each status. */
  Map<String, Long> statuses(String name) {
    Map<String, Long> statuses = new HashMap<>();
    jdbc.sql(
            "SELECT status, count(*) FROM outbound_submission WHERE submission_id LIKE :name"
                + " GROUP BY status")
        .param("name", name + "-%")
        .query(
            row -> {
              statuses.put(row.getString("status"), row.getLong("count"));
            });
    return statuses;
  }

  /** Those that wait for a person since two of their tries were of unknown fate. */
  List<UUID> unknownTwice(String name) {
    return jdbc.sql(
            """
            SELECT s.message_id FROM outbound_submission s JOIN outbound_message_attempt a USING (message_id)
            WHERE s.submission_id LIKE :name AND s.status = 'held' AND a.outcome = 'unknown'
            GROUP BY s.message_id HAVING count(*) = 2
            """)
        .param("name", name + "-%")
        .query(UUID.class)
        .list();
  }

  long tries(String name) {
    return count(
        "SELECT count(*) FROM outbound_message_attempt JOIN outbound_submission USING (message_id)"
            + " WHERE submission_id LIKE :name",
        name);
  }

  /** By the id of the attempt. */
  Map<String, String> outcomes(String name) {
    Map<String, String> outcomes = new HashMap<>();
    jdbc.sql(
            "SELECT a.id, coalesce(a.outcome, a.status) AS outcome FROM outbound_message_attempt a"
                + " JOIN outbound_submission USING (message_id) WHERE submission_id LIKE :name")
        .param("name", name + "-%")
        .query(
            row -> {
              outcomes.put(row.getString("id"), row.getString("outcome"));
            });
    return outcomes;
  }

  private long count(String sql, String name) {
    return jdbc.sql(sql).param("name", name + "-%").query(Long.class).single();
  }
}
