package org.byoemail.outbound.review;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.StoredText;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The rows of the mails that ask reviewers, written with the review, and of their links. Safe for
 * use by many threads and nodes.
 */
@Repository
public class ReviewMails implements MailsToReviewers {
  /**
   * The maximum of an organization's mails that are tried in an hour; the others wait for the next
   * hour.
   */
  public static final int MAX_IN_HOUR = 200;

  static final int MAX_WRONG_CODES = 10;
  static final int TOKEN_BYTES = 32;
  static final int MAX_ERROR = 300;

  private static final int MAX_AT_A_TIME = 10;
  private static final int FIRST_DELAY_SECONDS = 30;
  private static final int MAX_DELAY_SECONDS = 15 * 60;
  private static final int MAX_DOUBLINGS = 5;
  private static final int MAX_POSTPONED = 1_000;

  private final JdbcClient jdbc;

  ReviewMails(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A mail that is to be sent now. */
  public record Due(UUID id, UUID review, int version, MailReviewer reviewer) {}

  /**
   * What a link opens.
   *
   * @param mail the id of its mail
   * @param version the only version that it may decide on
   * @param isUsed whether it was used up
   * @param isLocked whether wrong codes were entered too often: the reviewer needs a new one
   */
  public record Opened(
      UUID mail,
      UUID review,
      int version,
      boolean isUsed,
      boolean isLocked,
      MailReviewer reviewer) {}

  /** Has the version under review mailed to every reviewer of the agent who has confirmed. */
  @Transactional(propagation = Propagation.MANDATORY)
  void queue(Review review) {
    jdbc.sql(
            """
            INSERT INTO review_mail (id, review_id, version, reviewer_id, due_at)
            SELECT gen_random_uuid(), :review, :version, id, statement_timestamp() FROM mail_reviewer
            WHERE organization = :organization AND confirmed_at IS NOT NULL
              AND (agents = '{}' OR :agent = ANY (agents))
            ON CONFLICT DO NOTHING
            """)
        .param("review", review.id())
        .param("version", review.version().number())
        .param("organization", review.organization().value())
        .param("agent", review.agent().value())
        .update();
  }

  /**
   * Mails that are due, postponed before a server is contacted, so that they are repeated after a
   * crash. Organizations take turns, each up to {@link #MAX_IN_HOUR}. A mail is tried until its
   * review ends; mails of ended reviews are skipped for good.
   */
  @Transactional
  public List<Due> due() {
    // Two nodes at once would each find room for their own mails.
    lock(jdbc);
    jdbc.sql(
            """
            UPDATE review_mail SET due_at = NULL WHERE id IN (
              SELECT m.id FROM review_mail m JOIN outbound_review r ON r.id = m.review_id
              WHERE m.due_at <= statement_timestamp()
                AND (r.state <> 'requested' OR r.version <> m.version OR r.expires_at <= statement_timestamp())
              ORDER BY m.due_at LIMIT :limit FOR UPDATE OF m SKIP LOCKED)
            """)
        .param("limit", MAX_POSTPONED)
        .update();
    jdbc.sql(
            """
            UPDATE review_mail SET due_at = date_trunc('hour', statement_timestamp()) + interval '1 hour',
              last_error = :error, waits_for_hour = true
            WHERE id IN (
              SELECT m.id FROM review_mail m JOIN outbound_review r ON r.id = m.review_id
                JOIN review_mail_hour h ON h.organization = r.organization
                  AND h.hour = date_trunc('hour', statement_timestamp()) AND h.mails >= :most
              WHERE m.due_at <= statement_timestamp()
              ORDER BY m.due_at LIMIT :limit FOR UPDATE OF m SKIP LOCKED)
            """)
        .param(
            "error",
            "the organization has had %d mails to reviewers this hour: this one waits for the next"
                .formatted(MAX_IN_HOUR))
        .param("most", MAX_IN_HOUR)
        .param("limit", MAX_POSTPONED)
        .update();
    List<Due> due = take();
    if (!due.isEmpty()) {
      jdbc.sql("DELETE FROM review_mail_hour WHERE hour < statement_timestamp() - interval '1 day'")
          .update();
    }
    return due;
  }

  /** Lets one node at a time take mails that are due, until its transaction ends. */
  static void lock(JdbcClient jdbc) {
    jdbc.sql("SELECT count(pg_advisory_xact_lock(hashtextextended('byo review mails', 0)))")
        .query(Long.class)
        .single();
  }

  private List<Due> take() {
    return jdbc.sql(
            """
            WITH ranked AS (
              SELECT m.id, m.due_at, r.organization,
                row_number() OVER (PARTITION BY r.organization ORDER BY m.due_at, m.id) AS turn
              FROM review_mail m JOIN outbound_review r ON r.id = m.review_id
                JOIN mail_reviewer w ON w.id = m.reviewer_id AND w.confirmed_at IS NOT NULL
              WHERE m.due_at <= statement_timestamp() AND r.state = 'requested' AND r.version = m.version
                AND r.expires_at > statement_timestamp()),
            chosen AS (
              SELECT k.id FROM ranked k LEFT JOIN review_mail_hour h ON h.organization = k.organization
                AND h.hour = date_trunc('hour', statement_timestamp())
              WHERE k.turn + coalesce(h.mails, 0) <= :most
              ORDER BY k.turn, k.due_at LIMIT :limit),
            taken AS (
              UPDATE review_mail SET attempts = attempts + 1, waits_for_hour = false, due_at = statement_timestamp()
                + make_interval(secs => least(:delay * power(2, least(attempts, :doublings)), :maxDelay))
              WHERE id IN (SELECT m.id FROM review_mail m JOIN chosen c ON c.id = m.id FOR UPDATE OF m SKIP LOCKED)
              RETURNING id, review_id, version, reviewer_id),
            counted AS (
              INSERT INTO review_mail_hour AS h (organization, hour, mails)
              SELECT r.organization, date_trunc('hour', statement_timestamp()), count(*)
              FROM taken t JOIN outbound_review r ON r.id = t.review_id GROUP BY r.organization
              ON CONFLICT (organization, hour) DO UPDATE SET mails = h.mails + excluded.mails)
            SELECT t.id AS mail_id, t.review_id, t.version, w.* FROM taken t JOIN mail_reviewer w ON w.id = t.reviewer_id
            """)
        .param("most", MAX_IN_HOUR)
        .param("delay", FIRST_DELAY_SECONDS)
        .param("doublings", MAX_DOUBLINGS)
        .param("maxDelay", MAX_DELAY_SECONDS)
        .param("limit", MAX_AT_A_TIME)
        .query(
            (row, number) ->
                new Due(
                    row.getObject("mail_id", UUID.class),
                    row.getObject("review_id", UUID.class),
                    row.getInt("version"),
                    MailReviewers.read(row, number)))
        .list();
  }

  /** Mails that are due wait a minute. */
  @Override
  @Transactional
  public void postpone(String why) {
    jdbc.sql(
            """
            UPDATE review_mail SET last_error = :error, waits_for_hour = false,
              due_at = statement_timestamp() + interval '1 minute'
            WHERE id IN (SELECT id FROM review_mail WHERE due_at <= statement_timestamp()
              ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
            """)
        .param("error", StoredText.of(why, MAX_ERROR))
        .param("limit", MAX_POSTPONED)
        .update();
  }

  @Override
  @Transactional
  public String newToken(UUID mail) {
    String token = Tokens.base64Url(TOKEN_BYTES);
    jdbc.sql(
            """
            INSERT INTO review_link (token_sha256, mail_id, created_at)
            VALUES (:token, :mail, statement_timestamp())
            """)
        .param("token", Tokens.sha256(token))
        .param("mail", mail)
        .update();
    return token;
  }

  @Override
  @Transactional
  public void sent(UUID mail) {
    jdbc.sql(
            """
            UPDATE review_mail SET due_at = NULL, sent_at = statement_timestamp(), last_error = NULL
            WHERE id = :id
            """)
        .param("id", mail)
        .update();
  }

  @Override
  @Transactional
  public void failed(UUID mail, String error, boolean forGood) {
    jdbc.sql(
            """
            UPDATE review_mail SET last_error = :error, due_at = CASE WHEN :forGood THEN NULL ELSE due_at END
            WHERE id = :id
            """)
        .param("id", mail)
        .param("error", StoredText.of(error, MAX_ERROR))
        .param("forGood", forGood)
        .update();
  }

  /** What a link opens; empty if there is no such link. */
  public Optional<Opened> open(String token) {
    return jdbc.sql(
            """
            SELECT m.id AS mail_id, m.review_id, m.version, m.used_at IS NOT NULL AS used, m.wrong_codes >= :most AS locked,
              w.*
            FROM review_link l JOIN review_mail m ON m.id = l.mail_id JOIN mail_reviewer w ON w.id = m.reviewer_id
            WHERE l.token_sha256 = :token
            """)
        .param("token", Tokens.sha256(token))
        .param("most", MAX_WRONG_CODES)
        .query(ReviewMails::opened)
        .optional();
  }

  /**
   * Marks the links of a mail as used, in the transaction of the decision.
   *
   * @return false if they were used before, or the reviewer was deleted
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean markUsed(UUID mail) {
    return jdbc.sql(
                "UPDATE review_mail SET used_at = statement_timestamp(), due_at = NULL"
                    + " WHERE id = :id AND used_at IS NULL")
            .param("id", mail)
            .update()
        == 1;
  }

  /**
   * The state of a reviewer's mails: to confirm the address, and for the versions under review.
   *
   * @param locked whether a link no longer accepts codes
   * @param lastError the last error in sending one of them; null: none
   */
  public record State(boolean locked, @Nullable String lastError) {
    /** The state of a reviewer without such mails. */
    public static final State NONE = new State(false, null);
  }

  /** The states by reviewer; a reviewer without such mails may be left out. */
  public Map<UUID, State> states(Collection<MailReviewer> reviewers) {
    Map<UUID, State> states = new HashMap<>();
    jdbc.sql(
            """
            SELECT m.reviewer_id, bool_or(m.wrong_codes >= :most) AS locked,
              (array_agg(m.last_error ORDER BY m.review_id DESC)
                FILTER (WHERE m.last_error IS NOT NULL AND m.sent_at IS NULL))[1] AS last_error
            FROM review_mail m JOIN outbound_review r ON r.id = m.review_id AND r.version = m.version
            WHERE m.reviewer_id = ANY (:reviewers) AND r.state = 'requested'
            GROUP BY m.reviewer_id
            UNION ALL SELECT id, false, confirmation_error FROM mail_reviewer
            WHERE id = ANY (:reviewers) AND confirmed_at IS NULL AND confirmation_error IS NOT NULL
            """)
        .param("most", MAX_WRONG_CODES)
        .param("reviewers", reviewers.stream().map(MailReviewer::id).toArray(UUID[]::new))
        .query(
            row -> {
              states.put(
                  row.getObject("reviewer_id", UUID.class),
                  new State(row.getBoolean("locked"), row.getString("last_error")));
            });
    return states;
  }

  private static Opened opened(ResultSet row, int number) throws SQLException {
    return new Opened(
        row.getObject("mail_id", UUID.class),
        row.getObject("review_id", UUID.class),
        row.getInt("version"),
        row.getBoolean("used"),
        row.getBoolean("locked"),
        MailReviewers.read(row, number));
  }
}
