package org.byoemail.outbound.delivery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How long mail waits that might leave. It asks the database each time, over the connections of
 * claiming, in a time that grows with the accounts that have mail to send and not with that mail.
 * Safe for use by many threads.
 */
@Component
public class QueueAge {
  private final JdbcClient claiming;
  private final ClaimRequests requests;
  private final String statement;

  QueueAge(@Qualifier(ClaimDatabase.DATA_SOURCE) DataSource database, ClaimRequests requests) {
    this.claiming = JdbcClient.create(database);
    this.requests = requests;
    try {
      this.statement =
          new ClassPathResource("sql/queue-age.sql").getContentAsString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * For how long the oldest delivery, over all nodes, has been due whose account is able to send
   * and has a connection left; zero where none waits, and while all sending is paused. Where the
   * account could not send for a while, from the end of that on, as far as it is known.
   *
   * @throws org.springframework.dao.DataAccessException if the query fails
   */
  public Duration oldest() {
    return claiming
        .sql(statement)
        .param("elsewhere", requests.elsewhere())
        .param("perAccount", requests.perAccount())
        .query(Long.class)
        .optional()
        .map(Duration::ofMillis)
        .orElse(Duration.ZERO);
  }
}
