package org.byoemail.flow;

import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.byoemail.support.ApiClient;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is recorded of the reviews of submissions whose ids begin with a name. */
final class ReviewedMails {
  private final JdbcClient jdbc;
  private final ApiClient api;
  private final String name;

  ReviewedMails(DataSource database, ApiClient api, String name) {
    this.jdbc = JdbcClient.create(database);
    this.api = api;
    this.name = name;
  }

  /**
   * A review.
   *
   * @param subject also the id of the submission
   * @param status of the submission
   */
  record Reviewed(UUID id, UUID message, String subject, String state, int version, String status) {
    boolean isUsed() {
      return state.equals("used");
    }

    boolean isOpen() {
      return state.equals("requested") || state.equals("approved");
    }
  }

  /** All of them, the oldest first; several of a message that was released. */
  List<Reviewed> all() {
    return jdbc.sql(
            """
            SELECT r.id, r.message_id AS message, s.submission_id AS subject, r.state, r.version, s.status
            FROM outbound_review r JOIN outbound_submission s USING (message_id)
            WHERE s.submission_id LIKE :name ORDER BY r.id
            """)
        .param("name", name + "-%")
        .query(Reviewed.class)
        .list();
  }

  /** The time for deciding on it is over. */
  void runOut(Reviewed review) {
    jdbc.sql("UPDATE outbound_review SET expires_at = statement_timestamp() WHERE id = :id")
        .param("id", review.id())
        .update();
  }

  /** The version that a review was about, without what differs between attempts. */
  String approved(Reviewed review) {
    return constant(Reviewers.version(api, "/reviews/" + review.id(), review.version()).lines());
  }

  /** A mail without what differs between attempts. */
  static String constant(Stream<String> lines) {
    return lines
        .filter(line -> !line.startsWith("Date: ") && !line.startsWith("X-Gobii-Message-ID: "))
        .collect(Collectors.joining("\n"))
        .strip();
  }
}
