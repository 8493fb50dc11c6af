package org.byoemail.outbound.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.byoemail.outbound.review.MailReviewer;
import org.byoemail.outbound.review.MailReviewers;
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
      "an account of this gateway reads the address by now: name another reviewer";
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
      confirmations.due().forEach(this::confirmAlone);
      mails.due().forEach(this::sendAlone);
    } else {
      confirmations.postpone(obstacle);
      mails.postpone(obstacle);
    }
  }

  /** The mails of a batch are independent of each other. */
  private void sendAlone(Due due) {
    try {
      send(due);
    } catch (RuntimeException e) {
      log.error("The mail for review {} was not sent to its reviewer", due.review(), e);
      mails.failed(due.id(), OWN_FAILURE, false);
      count(false);
    }
  }

  private void send(Due due) {
    Review review = reviews.find(List.of(due.review())).get(due.review());
    if (review == null) {
      return;
    }
    boolean isRead = reviewers.isReadHere(due.reviewer().address());
    String refusal = isRead ? READ_HERE : notices.ask(due, review, mails.newToken(due.id()));
    if (refusal == null) {
      mails.sent(due.id());
    } else {
      mails.failed(due.id(), refusal, isRead);
      log.warn("The mail for review {} was not sent to its reviewer: {}", review.id(), refusal);
    }
    count(refusal == null);
  }

  private void confirmAlone(MailReviewer reviewer) {
    try {
      confirm(reviewer);
    } catch (RuntimeException e) {
      log.error("The mail to confirm reviewer {} was not sent", reviewer.id(), e);
      confirmations.failed(reviewer.id(), OWN_FAILURE, false);
      count(false);
    }
  }

  private void confirm(MailReviewer reviewer) {
    boolean isRead = reviewers.isReadHere(reviewer.address());
    String refusal =
        isRead ? READ_HERE : notices.askToConfirm(reviewer, confirmations.newToken(reviewer.id()));
    if (refusal == null) {
      confirmations.sent(reviewer.id());
    } else {
      confirmations.failed(reviewer.id(), refusal, isRead);
      log.warn("The mail to confirm reviewer {} was not sent: {}", reviewer.id(), refusal);
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
