package org.byoemail.inbound.ingest;

import java.time.Instant;
import java.util.List;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The correspondents whose mail goes to the quarantine because they and an agent answered each
 * other too often. Safe for use by many threads.
 */
@Component
public class HeldCorrespondents {
  private static final int MAX_HELD = 1000;

  private final JdbcClient jdbc;

  HeldCorrespondents(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * One of them.
   *
   * @param mails how many it had sent within the hour
   */
  public record Held(String address, int mails, Instant heldAt) {}

  /** The held correspondents of an agent, newest first, at most 1,000. */
  public List<Held> of(AgentId agent) {
    return jdbc.sql(
            """
            SELECT address, mails, held_at FROM held_correspondent
            WHERE agent_id = :agent AND lifted_at IS NULL ORDER BY held_at DESC LIMIT :most
            """)
        .param("agent", agent.value())
        .param("most", MAX_HELD)
        .query(
            (row, number) ->
                new Held(
                    row.getString("address"),
                    row.getInt("mails"),
                    row.getTimestamp("held_at").toInstant()))
        .list();
  }

  /**
   * Accepts its mail again, and resets the count. Quarantined mail stays quarantined until it is
   * retried.
   *
   * @return false if it is not held
   */
  public boolean lift(AgentId agent, EmailAddress address) {
    return jdbc.sql(
                """
                UPDATE held_correspondent SET lifted_at = statement_timestamp()
                WHERE agent_id = :agent AND address = :address AND lifted_at IS NULL
                """)
            .param("agent", agent.value())
            .param("address", address.value())
            .update()
        == 1;
  }
}
