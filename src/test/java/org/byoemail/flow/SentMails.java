package org.byoemail.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  long withStatus(String name, String status) {
    return count(
        "SELECT count(*) FROM outbound_submission WHERE submission_id LIKE :name AND status = '"
            + status
            + "'",
        name);
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
