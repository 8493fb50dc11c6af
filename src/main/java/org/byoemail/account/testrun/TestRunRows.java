package org.byoemail.account.testrun;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.connection.ConnectionTest.Step;
import org.byoemail.account.testrun.TestRun.Side;
import org.byoemail.account.testrun.TestRun.State;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredText;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of {@code test_run}. Safe for use by many threads and nodes. */
@Repository
class TestRunRows {
  private static final int MAX_TEXT = 2_000;
  private static final int MAX_STEPS = 100;
  private static final int KEPT_OF_SUBJECT = 20;
  private static final int TIDY_BATCH = 1_000;
  private static final TypeReference<List<Side>> SIDES = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  TestRunRows(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** Empty if a run of that subject is under way. */
  Optional<UUID> begin(TestTarget subject, @Nullable String typed, Duration limit) {
    jdbc.sql(
            """
            UPDATE test_run SET ended_at = statement_timestamp(), ok = false
            WHERE subject = :subject AND ended_at IS NULL AND deadline_at < statement_timestamp()
            """)
        .param("subject", subject.key())
        .update();
    jdbc.sql(
            """
            DELETE FROM test_run WHERE id IN (SELECT id FROM test_run
              WHERE subject = :subject AND ended_at IS NOT NULL
              ORDER BY begun_at DESC OFFSET :kept)
            """)
        .param("subject", subject.key())
        .param("kept", KEPT_OF_SUBJECT)
        .update();
    AccountId account = subject.account();
    return jdbc.sql(
            """
            INSERT INTO test_run (id, subject, account_id, link_id, typed, deadline_at)
            VALUES (:id, :subject, :account, :link, :typed::jsonb,
              statement_timestamp() + :limit * interval '1 millisecond')
            ON CONFLICT (subject) WHERE ended_at IS NULL DO NOTHING RETURNING id
            """)
        // Random: an id that can be guessed would disclose the test.
        .param("id", UUID.randomUUID())
        .param("subject", subject.key())
        .param("account", account == null ? null : account.value())
        .param("link", subject.link())
        .param("typed", typed)
        .param("limit", limit.toMillis())
        .query(UUID.class)
        .optional();
  }

  /** The newest steps count if there are too many. */
  void progress(UUID id, List<Side> sides) {
    jdbc.sql("UPDATE test_run SET sides = :sides::jsonb WHERE id = :id AND ended_at IS NULL")
        .param("id", id)
        .param("sides", write(sides.stream().map(TestRunRows::bounded).toList()))
        .update();
  }

  void end(UUID id, boolean ok, @Nullable String problem) {
    jdbc.sql(
            """
            UPDATE test_run SET ended_at = statement_timestamp(), ok = :ok, problem = :problem
            WHERE id = :id AND ended_at IS NULL
            """)
        .param("id", id)
        .param("ok", ok)
        .param("problem", problem == null ? null : StoredText.of(problem, MAX_TEXT))
        .update();
  }

  void delete(UUID id) {
    jdbc.sql("DELETE FROM test_run WHERE id = :id").param("id", id).update();
  }

  Optional<TestRun> find(AccountId account, UUID id) {
    return jdbc.sql(
            """
            SELECT *, ended_at IS NULL AND deadline_at < statement_timestamp() AS lost FROM test_run
            WHERE id = :id AND account_id = :account
              AND begun_at > statement_timestamp() - interval '1 hour'
            """)
        .param("id", id)
        .param("account", account.value())
        .query(this::read)
        .optional();
  }

  Optional<TestRun> find(UUID id) {
    return jdbc.sql(
            """
            SELECT *, ended_at IS NULL AND deadline_at < statement_timestamp() AS lost FROM test_run
            WHERE id = :id AND begun_at > statement_timestamp() - interval '1 hour'
            """)
        .param("id", id)
        .query(this::read)
        .optional();
  }

  Optional<TestRun> latest(TestTarget subject) {
    return jdbc.sql(
            """
            SELECT *, ended_at IS NULL AND deadline_at < statement_timestamp() AS lost FROM test_run
            WHERE subject = :subject AND begun_at > statement_timestamp() - interval '1 hour'
            ORDER BY begun_at DESC LIMIT 1
            """)
        .param("subject", subject.key())
        .query(this::read)
        .optional();
  }

  void forget(TestTarget subject) {
    jdbc.sql("DELETE FROM test_run WHERE subject = :subject AND ended_at IS NOT NULL")
        .param("subject", subject.key())
        .update();
  }

  void tidy() {
    int deleted;
    do {
      deleted =
          jdbc.sql(
                  """
                  DELETE FROM test_run WHERE id IN (SELECT id FROM test_run
                    WHERE begun_at < statement_timestamp() - interval '1 hour'
                    LIMIT :batch FOR UPDATE SKIP LOCKED)
                  """)
              .param("batch", TIDY_BATCH)
              .update();
    } while (deleted == TIDY_BATCH);
  }

  private static Side bounded(Side side) {
    List<Step> steps = side.steps();
    return new Side(
        side.side(),
        steps.subList(Math.max(0, steps.size() - MAX_STEPS), steps.size()).stream()
            .map(step -> new Step(step.name(), step.ok(), StoredText.of(step.detail(), MAX_TEXT)))
            .toList(),
        side.current(),
        side.ok(),
        side.hint());
  }

  private String write(List<Side> sides) {
    try {
      return json.writeValueAsString(sides);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the steps of a test cannot be written", e);
    }
  }

  private TestRun read(ResultSet row, int number) throws SQLException {
    boolean lost = row.getBoolean("lost");
    boolean ended = row.getTimestamp("ended_at") != null;
    try {
      return new TestRun(
          row.getObject("id", UUID.class),
          !ended && !lost ? State.RUNNING : row.getBoolean("ok") ? State.PASSED : State.FAILED,
          json.readValue(row.getString("sides"), SIDES),
          lost ? "The gateway was stopped during the test. Try again." : row.getString("problem"),
          row.getString("typed"),
          row.getTimestamp("begun_at").toInstant(),
          SqlTimestamps.read(row, "ended_at"));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the steps of a test cannot be read", e);
    }
  }
}
