package org.byoemail.outbound.review;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.StoredText;
import org.byoemail.format.mail.Tokens;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The mails by which reviewers confirm their addresses, and the links in them: nobody is mailed
 * reviews at an address that somebody else typed. Safe for use by many threads and nodes.
 */
@Repository
public class ReviewerConfirmations implements MailsToReviewers {
  /** How many such mails can be requested for a reviewer in an hour. */
  public static final int MAX_IN_HOUR = 3;

  /** How long a link is valid, in days. */
  public static final int VALID_DAYS = 7;

  private static final int MAX_TRIES = 10;
  private static final int MAX_AT_A_TIME = 10;
  private static final int FIRST_DELAY_SECONDS = 30;
  private static final int MAX_DELAY_SECONDS = 15 * 60;

  /** Longer than an attempt takes: only the claims of a killed node expire. */
  private static final String CLAIM = "10 minutes";

  private final JdbcClient jdbc;

  ReviewerConfirmations(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Has the reviewer mailed a link to confirm the address; a mail that is being sent is not sent
   * again.
   *
   * @return false if the reviewer has confirmed or was removed, or too many were requested within
   *     the hour
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean request(UUID reviewer) {
    return jdbc.sql(
                """
                UPDATE mail_reviewer SET confirmation_due_at = statement_timestamp(), confirmation_tries = 0,
                  confirmation_error = NULL,
                  confirmations = CASE WHEN confirmations_hour = date_trunc('hour', statement_timestamp())
                    THEN confirmations + 1 ELSE 1 END,
                  confirmations_hour = date_trunc('hour', statement_timestamp())
                WHERE id = :id AND confirmed_at IS NULL
                  AND (confirmations < :most
                    OR confirmations_hour IS DISTINCT FROM date_trunc('hour', statement_timestamp()))
                """)
            .param("id", reviewer)
            .param("most", MAX_IN_HOUR)
            .update()
        == 1;
  }

  /**
   * Reviewers to be mailed now, claimed by this node until the outcome is recorded. They count
   * towards the {@link ReviewMails#MAX_IN_HOUR} mails of their organization.
   */
  @Transactional
  public List<MailReviewer> due() {
    ReviewMails.lock(jdbc);
    return jdbc.sql(
            """
            WITH taken AS (
              UPDATE mail_reviewer SET confirmation_tries = confirmation_tries + 1,
                confirmation_claimed_until = statement_timestamp() + CAST(:claim AS interval)
              WHERE id IN (
                SELECT w.id FROM mail_reviewer w
                WHERE w.confirmation_due_at <= statement_timestamp() AND w.confirmed_at IS NULL
                  AND (w.confirmation_claimed_until IS NULL OR w.confirmation_claimed_until < statement_timestamp())
                  AND NOT EXISTS (SELECT 1 FROM review_mail_hour h WHERE h.organization = w.organization
                    AND h.hour = date_trunc('hour', statement_timestamp()) AND h.mails >= :most)
                ORDER BY w.confirmation_due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
              RETURNING *),
            counted AS (
              INSERT INTO review_mail_hour AS h (organization, hour, mails)
              SELECT organization, date_trunc('hour', statement_timestamp()), count(*) FROM taken GROUP BY organization
              ON CONFLICT (organization, hour) DO UPDATE SET mails = h.mails + excluded.mails)
            SELECT * FROM taken
            """)
        .param("claim", CLAIM)
        .param("most", ReviewMails.MAX_IN_HOUR)
        .param("limit", MAX_AT_A_TIME)
        .query(MailReviewers::read)
        .list();
  }

  @Override
  @Transactional
  public void postpone(String why) {
    jdbc.sql(
            """
            UPDATE mail_reviewer SET confirmation_error = :error
            WHERE confirmation_due_at <= statement_timestamp() AND confirmed_at IS NULL
              AND confirmation_error IS DISTINCT FROM :error
            """)
        .param("error", StoredText.of(why, ReviewMails.MAX_ERROR))
        .update();
  }

  @Override
  @Transactional
  public String newToken(UUID reviewer) {
    jdbc.sql(
            "DELETE FROM reviewer_confirmation"
                + " WHERE created_at < statement_timestamp() - make_interval(days => :days)")
        .param("days", VALID_DAYS)
        .update();
    String token = Tokens.base64Url(ReviewMails.TOKEN_BYTES);
    jdbc.sql(
            """
            INSERT INTO reviewer_confirmation (token_sha256, reviewer_id, created_at)
            VALUES (:token, :reviewer, statement_timestamp())
            """)
        .param("token", Tokens.sha256(token))
        .param("reviewer", reviewer)
        .update();
    return token;
  }

  @Override
  @Transactional
  public void sent(UUID reviewer) {
    jdbc.sql(
            """
            UPDATE mail_reviewer SET confirmation_due_at = NULL, confirmation_claimed_until = NULL,
              confirmation_error = NULL
            WHERE id = :id
            """)
        .param("id", reviewer)
        .update();
  }

  /** The mail is given up after {@value #MAX_TRIES} tries. */
  @Override
  @Transactional
  public void failed(UUID reviewer, String error, boolean forGood) {
    jdbc.sql(
            """
            UPDATE mail_reviewer SET confirmation_error = :error, confirmation_claimed_until = NULL,
              confirmation_due_at = CASE WHEN :forGood OR confirmation_tries >= :tries THEN NULL
                ELSE statement_timestamp()
                  + make_interval(secs => least(:delay * power(2, confirmation_tries - 1), :maxDelay)) END
            WHERE id = :id
            """)
        .param("id", reviewer)
        .param("error", StoredText.of(error, ReviewMails.MAX_ERROR))
        .param("forGood", forGood)
        .param("tries", MAX_TRIES)
        .param("delay", FIRST_DELAY_SECONDS)
        .param("maxDelay", MAX_DELAY_SECONDS)
        .update();
  }

  /** The reviewer whose address a link confirms; empty if it is unknown or expired. */
  public Optional<MailReviewer> open(String token) {
    return jdbc.sql(
            """
            SELECT w.* FROM reviewer_confirmation c JOIN mail_reviewer w ON w.id = c.reviewer_id
            WHERE c.token_sha256 = :token AND c.created_at > statement_timestamp() - make_interval(days => :days)
            """)
        .param("token", Tokens.sha256(token))
        .param("days", VALID_DAYS)
        .query(MailReviewers::read)
        .optional();
  }

  /**
   * Records that a reviewer has confirmed the address: reviews are mailed from then on.
   *
   * @return false if it was confirmed before, or the reviewer was removed
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean confirm(UUID reviewer) {
    return jdbc.sql(
                """
                UPDATE mail_reviewer SET confirmed_at = statement_timestamp(), confirmation_due_at = NULL,
                  confirmation_error = NULL
                WHERE id = :id AND confirmed_at IS NULL
                """)
            .param("id", reviewer)
            .update()
        == 1;
  }
}
