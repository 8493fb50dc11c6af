package org.byoemail.inbound.ingest;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.StoredMessageId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** How far stored mail has been read again. Safe for use by many threads and nodes. */
@Repository
class RereadProgress {
  private static final UUID FIRST = new UUID(0, 0);

  /** Rows of that time are left for later: ids may commit in another order. */
  private static final Duration UNSETTLED = Duration.ofMinutes(10);

  /** Longer than any step: a batch of mails takes two seconds each at most. */
  private static final Duration CLAIM = Duration.ofMinutes(3);

  private final JdbcClient jdbc;
  private final Duration unsettled;

  @Autowired
  RereadProgress(JdbcClient jdbc) {
    this(jdbc, UNSETTLED);
  }

  /** Leaves rows of that time for later. */
  RereadProgress(JdbcClient jdbc, Duration unsettled) {
    this.jdbc = jdbc;
    this.unsettled = unsettled;
  }

  /**
   * A step that this node may take.
   *
   * @param position rows up to this id are done
   * @param attempts steps begun since the last one that succeeded, with this one
   * @param now by the clock of the database
   */
  record Claim(UUID position, int attempts, Instant now) {}

  /** Claims the next step; empty while another node has it. */
  Optional<Claim> claim(int version, UUID node) {
    jdbc.sql(
            """
            INSERT INTO reread_progress (version, position, started_at)
            SELECT :version, :first, statement_timestamp()
            WHERE NOT EXISTS (SELECT 1 FROM reread_progress WHERE version = :version)
            ON CONFLICT DO NOTHING
            """)
        .param("version", version)
        .param("first", FIRST)
        .update();
    return jdbc.sql(
            """
            UPDATE reread_progress SET claimed_by = :node, attempts = attempts + 1,
              claimed_until = statement_timestamp() + :claim * interval '1 second'
            WHERE version = :version AND (claimed_by = :node OR claimed_until IS NULL
              OR claimed_until < statement_timestamp())
            RETURNING position, attempts, statement_timestamp() AS now
            """)
        .param("node", node)
        .param("claim", CLAIM.toSeconds())
        .param("version", version)
        .query(
            (row, number) ->
                new Claim(
                    row.getObject("position", UUID.class),
                    row.getInt("attempts"),
                    row.getTimestamp("now").toInstant()))
        .optional();
  }

  /** The rows after the position, in order. */
  List<StoredMail> after(Claim claim, int most) {
    return jdbc.sql(
            """
            SELECT i.id, i.message_id, i.raw_sha256, i.raw_offset, i.raw_length, i.raw_header_only, i.size,
              i.verdict, i.reader_version, p.owner_agent_id
            FROM (SELECT * FROM inbound_mail WHERE id > :position AND id < :settled ORDER BY id LIMIT :most) i
            LEFT JOIN message m ON m.id = i.message_id LEFT JOIN endpoint p ON p.id = m.endpoint_id
            ORDER BY i.id
            """)
        .param("position", claim.position())
        .param("settled", Ids.firstOf(claim.now().minus(unsettled)))
        .param("most", most)
        .query(RereadProgress::read)
        .list();
  }

  private static StoredMail read(ResultSet row, int number) throws SQLException {
    UUID agent = row.getObject("owner_agent_id", UUID.class);
    return new StoredMail(
        row.getObject("id", UUID.class),
        agent == null ? null : StoredMessageId.ofNullable(row.getObject("message_id", UUID.class)),
        row.getBoolean("raw_header_only") ? null : Inbox.raw(row),
        row.getLong("size"),
        row.getString("verdict"),
        row.getInt("reader_version"),
        agent == null ? null : new AgentId(agent));
  }

  /**
   * Moves the position, in the transaction that stores what was read.
   *
   * @return false if the claim was lost
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean advance(int version, UUID node, UUID to, int mails, int changed) {
    return jdbc.sql(
                """
                UPDATE reread_progress SET position = :to, attempts = 0, mails = mails + :mails,
                  changed = changed + :changed
                WHERE version = :version AND claimed_by = :node
                """)
            .param("to", to)
            .param("mails", mails)
            .param("changed", changed)
            .param("version", version)
            .param("node", node)
            .update()
        > 0;
  }

  /** The step was not taken, through no fault of any mail; another node may. */
  void release(int version, UUID node) {
    jdbc.sql(
            """
            UPDATE reread_progress SET attempts = greatest(attempts - 1, 0), claimed_by = NULL,
              claimed_until = NULL
            WHERE version = :version AND claimed_by = :node
            """)
        .param("version", version)
        .param("node", node)
        .update();
  }

  /** All mail up to now has been read; the claim ends. */
  void finish(int version, UUID node) {
    jdbc.sql(
            """
            UPDATE reread_progress SET attempts = 0, claimed_by = NULL, claimed_until = NULL,
              finished_at = coalesce(finished_at, statement_timestamp())
            WHERE version = :version AND claimed_by = :node
            """)
        .param("version", version)
        .param("node", node)
        .update();
  }
}
