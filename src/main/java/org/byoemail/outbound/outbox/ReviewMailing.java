package org.byoemail.outbound.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.outbound.review.MailReviewer;
import org.byoemail.outbound.review.MailReviewers;
import org.byoemail.outbound.review.MailsToReviewers;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.ReviewMails;
import org.byoemail.outbound.review.ReviewMails.Due;
import org.byoemail.outbound.review.ReviewerConfirmations;
import org.byoemail.outbound.review.Reviews;
import org.byoemail.platform.restore.RestoreDetection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sends the mails that ask reviewers to decide or to confirm their addresses, by a transport of the
 * platform, at least once. They are not messages, so they appear in no list, search or Sent folder.
 * Safe for use by many threads and nodes.
 */
@Component("reviewMailing")
public class ReviewMailing {
  private static final Logger log = LoggerFactory.getLogger(ReviewMailing.class);
  private static final String READ_HERE =
      "an account of this gateway reads the address: name another reviewer";
  private static final String OWN_FAILURE = "the gateway failed to send it: its log says why";

  private final ReviewMails mails;
  private final MailReviewers reviewers;
  private final Reviews reviews;
  private final ReviewNotices notices;
  private final ReviewerConfirmations confirmations;
  private final RestoreDetection restore;
  private final MeterRegistry meters;

  ReviewMailing(
      ReviewMails mails,
      MailReviewers reviewers,
      Reviews reviews,
      ReviewNotices notices,
      ReviewerConfirmations confirmations,
      RestoreDetection restore,
      MeterRegistry meters) {
    this.mails = mails;
    this.reviewers = reviewers;
    this.reviews = reviews;
    this.notices = notices;
    this.confirmations = confirmations;
    this.restore = restore;
    this.meters = meters;
  }

  /** Sends the mails that are due. Waits for servers; called by a route. */
  public void send() {
    // Decisions made after the backup are not known yet.
    if (restore.restored().isPresent()) {
      return;
    }
    String obstacle = notices.obstacle();
    if (obstacle == null) {
      confirmations.due().forEach(this::askToConfirm);
      mails.due().forEach(this::askToDecide);
    } else {
      confirmations.postpone(obstacle);
      mails.postpone(obstacle);
    }
  }

  /**
   * A mail that is due.
   *
   * @param purpose for the log, such as {@code for review <id>}
   */
  private record Mail(MailsToReviewers queue, UUID id, MailReviewer to, String purpose) {}

  private void askToConfirm(MailReviewer reviewer) {
    Mail mail =
        new Mail(confirmations, reviewer.id(), reviewer, "to confirm reviewer " + reviewer.id());
    alone(mail, () -> send(mail, token -> notices.askToConfirm(reviewer, token)));
  }

  private void askToDecide(Due due) {
    Mail mail = new Mail(mails, due.id(), due.reviewer(), "for review " + due.review());
    alone(
        mail,
        () -> {
          Review review = reviews.find(List.of(due.review())).get(due.review());
          if (review != null) {
            send(mail, token -> notices.ask(due, review, token));
          }
        });
  }

  /** The mails of a batch are independent of each other. */
  private void alone(Mail mail, Runnable attempt) {
    try {
      attempt.run();
    } catch (RuntimeException e) {
      log.error("The mail {} was not sent", mail.purpose(), e);
      mail.queue().failed(mail.id(), OWN_FAILURE, false);
      count(false);
    }
  }

  private void send(Mail mail, Function<String, @Nullable String> ask) {
    boolean isRead = reviewers.isReadHere(mail.to().address());
    String refusal = isRead ? READ_HERE : ask.apply(mail.queue().newToken(mail.id()));
    if (refusal == null) {
      mail.queue().sent(mail.id());
    } else {
      mail.queue().failed(mail.id(), refusal, isRead);
      log.warn("The mail {} was not sent: {}", mail.purpose(), refusal);
    }
    count(refusal == null);
  }

  private void count(boolean sent) {
    meters.counter("byo.review.mails", "outcome", sent ? "sent" : "failed").increment();
  }

  /** What is missing before reviewers can be asked by mail; null if nothing is. */
  public @Nullable String missing() {
    return notices.missing();
  }
}
