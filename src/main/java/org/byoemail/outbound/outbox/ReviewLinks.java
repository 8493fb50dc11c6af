package org.byoemail.outbound.outbox;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.outbound.delivery.ReviewConflict;
import org.byoemail.outbound.review.MailReviewer;
import org.byoemail.outbound.review.MailReviewers;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.ReviewMails;
import org.byoemail.outbound.review.ReviewMails.Opened;
import org.byoemail.outbound.review.Reviews;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The links in mails to reviewers. Opening a link changes nothing; a decision needs the reviewer's
 * code and uses up the link. Safe for use by many threads and nodes.
 */
@Component
public class ReviewLinks {
  private final ReviewMails mails;
  private final MailReviewers reviewers;
  private final Reviews reviews;
  private final ReviewDesk desk;
  private final TransactionTemplate transaction;

  ReviewLinks(
      ReviewMails mails,
      MailReviewers reviewers,
      Reviews reviews,
      ReviewDesk desk,
      TransactionTemplate transaction) {
    this.mails = mails;
    this.reviewers = reviewers;
    this.reviews = reviews;
    this.desk = desk;
    this.transaction = transaction;
  }

  /** What a link can still do. */
  public enum State {
    /** Its version awaits a decision. */
    OPEN,
    /** The reviewer has used it to decide. */
    USED,
    /** The review was decided by other means, or cancelled. */
    CLOSED,
    /** Nobody decided in time. */
    EXPIRED,
    /** Another version awaits a decision: the mail about that version has another link. */
    CHANGED
  }

  /**
   * A link and what it shows.
   *
   * @param isAllowed whether its address may decide: no account here reads it
   */
  public record Link(Opened opened, Review review, State state, boolean isAllowed) {
    /** Who was asked. */
    public MailReviewer reviewer() {
      return opened.reviewer();
    }
  }

  /** What a link opens; empty if there is no such link, or its reviewer was deleted. */
  public Optional<Link> open(String token) {
    return mails.open(token).flatMap(this::link);
  }

  private Optional<Link> link(Opened opened) {
    return Optional.ofNullable(reviews.find(List.of(opened.review())).get(opened.review()))
        .map(
            review ->
                new Link(
                    opened,
                    review,
                    state(opened, review),
                    !reviewers.isReadHere(opened.reviewer().address())));
  }

  private State state(Opened opened, Review review) {
    if (opened.isUsed()) {
      return State.USED;
    }
    if (!review.isOpen()) {
      return review.state().equals("expired") ? State.EXPIRED : State.CLOSED;
    }
    if (review.version().number() != opened.version()) {
      return State.CHANGED;
    }
    return reviews.isOver(review) ? State.EXPIRED : State.OPEN;
  }

  /** The mail that a link is about, as recipients will see it. */
  public ReviewDesk.Details details(Link link) {
    return desk.details(link.review());
  }

  /**
   * Decides on a review through a link.
   *
   * @param version the one that the page showed
   * @param code as the reviewer entered it
   * @param reason of a rejection, which the agent sees
   * @throws ReviewForbidden if the code is wrong, or the reviewer may not decide through a link
   * @throws StateConflict if the link can no longer be used to decide
   */
  public Review decide(
      Link link, int version, boolean approves, String code, @Nullable String reason) {
    MailReviewer reviewer = link.reviewer();
    if (!reviewer.byCode()) {
      throw new ReviewForbidden("this reviewer decides after a login to the console");
    }
    if (!link.isAllowed()) {
      throw new ReviewForbidden(
          "an account of this gateway reads the address of this reviewer: an agent must not decide"
              + " on its own mail");
    }
    if (link.state() != State.OPEN || version != link.opened().version()) {
      throw new ReviewConflict("the link can no longer be used to decide");
    }
    // With the code itself: a newer one may have been made since the link was opened.
    MailReviewers.EnteredCode entered =
        reviewers
            .checkCode(link.opened().mail(), code)
            .orElseThrow(
                () ->
                    new ReviewForbidden(
                        "the code is wrong, or was entered wrongly too often: ask for a new one"));
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              Review decided =
                  desk.decide(
                      new Reviews.Decider(
                          reviewer.word(),
                          reviewer.address().value(),
                          reviewer.namedBy(),
                          entered.shownTo()),
                      link.review(),
                      version,
                      approves,
                      reason);
              if (!mails.markUsed(link.opened().mail())) {
                throw new ReviewConflict("the link was used, or its reviewer deleted");
              }
              return decided;
            }));
  }
}
