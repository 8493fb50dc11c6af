package org.byoemail.mistakes.clock;

import java.sql.Timestamp;
import java.time.Clock;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Shows how its data is stored to everybody, and compares it with the time of its node. */
public class JdbcThings {
  private final JdbcClient jdbc;
  private final Clock clock;

  JdbcThings(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  void forget() {
    jdbc.sql("DELETE FROM thing WHERE due_at < :now")
        .param("now", Timestamp.from(clock.instant()))
        .update();
  }
}
