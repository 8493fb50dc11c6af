package org.byoemail.outbound.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.PlatformMails;
import org.byoemail.outbound.review.MailReviewers;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.ReviewMails;
import org.byoemail.outbound.review.ReviewMails.Due;
import org.byoemail.outbound.review.Reviews;
import org.byoemail.platform.restore.RestoreDetection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sends the mails that ask reviewers, by a transport of the platform, at least once. They are not
 * messages, so they appear in no list, search or Sent folder. Safe for use by many threads and
 * nodes.
 */
@Component("reviewMailing")
public class ReviewMailing {
  private static final Logger log = LoggerFactory.getLogger(ReviewMailing.class);

  private final ReviewMails mails;
  private final MailReviewers reviewers;
  private final Reviews reviews;
  private final ReviewNotices notices;
  private final PlatformMails transport;
  private final RestoreDetection restore;
  private final MeterRegistry meters;

  ReviewMailing(
      ReviewMails mails,
      MailReviewers reviewers,
      Reviews reviews,
      ReviewNotices notices,
      PlatformMails transport,
      RestoreDetection restore,
      MeterRegistry meters) {
    this.mails = mails;
    this.reviewers = reviewers;
    this.reviews = reviews;
    this.notices = notices;
    this.transport = transport;
    this.restore = restore;
    this.meters = meters;
  }

  /** Sends the mails that are due. Waits for servers; called by a route. */
  public void send() {
    // Decisions made after the backup are not known yet.
    if (restore.restored().isPresent()) {
      return;
    }
    String obstacle = obstacle();
    if (obstacle == null) {
      mails.due().forEach(this::sendAlone);
    } else {
      mails.postpone(obstacle);
    }
  }

  /** The mails of a batch are independent of each other. */
  private void sendAlone(Due due) {
    try {
      send(due);
    } catch (RuntimeException e) {
      log.error("The mail for review {} was not sent to its reviewer", due.review(), e);
      mails.failed(due.id(), "the gateway failed to send it: its log says why", false);
      meters.counter("byo.review.mails", "outcome", "failed").increment();
    }
  }

  private @Nullable String obstacle() {
    String missing = missing();
    EmailAddress from = notices.sender();
    return missing != null || from == null ? missing : transport.obstacle(from);
  }

  private void send(Due due) {
    Review review = reviews.find(List.of(due.review())).get(due.review());
    if (review == null) {
      return;
    }
    boolean isRead = reviewers.isReadHere(due.reviewer().address());
    String refusal =
        isRead
            ? "an account of this gateway reads the address by now: name another reviewer"
            : refusal(due, review);
    if (refusal == null) {
      mails.sent(due.id());
    } else {
      mails.failed(due.id(), refusal, isRead);
      log.warn("The mail for review {} was not sent to its reviewer: {}", review.id(), refusal);
    }
    meters.counter("byo.review.mails", "outcome", refusal == null ? "sent" : "failed").increment();
  }

  private @Nullable String refusal(Due due, Review review) {
    EmailAddress from = notices.sender();
    if (from == null) {
      return "byo.review.mail.from is not set";
    }
    try {
      MimeMessage mail = notices.compose(due, review, from, mails.newToken(due.id()));
      return transport.send(mail, from, due.reviewer().address());
    } catch (MessagingException e) {
      return "it cannot be composed: " + e.getMessage();
    }
  }

  /** What is missing before reviewers can be asked by mail; null if nothing is. */
  public @Nullable String missing() {
    if (!transport.isConfigured()) {
      return "mail to reviewers needs a platform transport: set byo.transport.relay or"
          + " byo.transport.postmark";
    }
    return notices.missing();
  }
}
