package org.byoemail.outbound.outbox;

import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.ReviewConflict;
import org.byoemail.outbound.delivery.ReviewLifecycle;
import org.byoemail.outbound.delivery.ReviewLifecycle.Decided;
import org.byoemail.outbound.delivery.ReviewLifecycle.Edited;
import org.byoemail.outbound.provenance.Origin;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.Reviews;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Permission;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Shows reviews, and decides them for people. Safe for use by many threads and nodes. */
@Component
public class ReviewDesk {
  /** The longest reason of a rejection, in characters. */
  public static final int MAX_REASON = 1_000;

  private final Reviews reviews;
  private final ReviewLifecycle lifecycle;
  private final VersionContents contents;
  private final ReviewedRecipients recipients;
  private final Messages messages;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  ReviewDesk(
      Reviews reviews,
      ReviewLifecycle lifecycle,
      VersionContents contents,
      ReviewedRecipients recipients,
      Messages messages,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.reviews = reviews;
    this.lifecycle = lifecycle;
    this.contents = contents;
    this.recipients = recipients;
    this.messages = messages;
    this.audit = audit;
    this.transaction = transaction;
  }

  /** A review with its message and its past. */
  public record Details(
      Review review,
      Message message,
      List<Review.Version> versions,
      List<Review.Decision> decisions) {}

  /**
   * Changes of a reviewer.
   *
   * @param subject null: as it is
   * @param text null: as it is
   * @param html null: as it is; empty: there is none
   */
  public record Edits(@Nullable String subject, @Nullable String text, @Nullable String html) {
    /** Whether anything is to be changed. */
    public boolean isNone() {
      return subject == null && text == null && html == null;
    }
  }

  /** The reviews that match, the oldest first. */
  public List<Review> list(Reviews.Filter filter, @Nullable UUID after, int limit) {
    return reviews.list(filter, after, limit);
  }

  /** The last review of a message; empty if it never had one. */
  public Optional<Review> last(StoredMessageId message) {
    return reviews.last(message);
  }

  /** A review that the caller sees. */
  public Optional<Review> find(Caller caller, UUID id) {
    return Optional.ofNullable(reviews.find(List.of(id)).get(id))
        .filter(review -> caller.sees(review.organization()))
        .filter(review -> messages.isWithin(caller.scope(), review.message()));
  }

  /** With its message, whose texts are cut as {@link Messages#excerpt} does. */
  public Details details(Review review) {
    Message message =
        messages
            .excerpt(review.message())
            .orElseThrow(() -> new IllegalStateException("no message " + review.message()));
    return new Details(
        review, message, reviews.versions(review.message()), reviews.decisions(review.id()));
  }

  /** Where the recipients come from; reads the texts of mails for those that nobody vouches for. */
  public Map<EmailAddress, Origin> origins(Details details) {
    return recipients.origins(details.review(), details.message());
  }

  /** The bytes of a version; empty if there is no such version. The caller closes them. */
  public Optional<InputStream> open(Review review, int version) {
    return reviews.versions(review.message()).stream()
        .filter(one -> one.number() == version)
        .findFirst()
        .map(contents::open);
  }

  /**
   * Approves exactly a version, or another one with a reviewer's changes, which both are kept.
   *
   * @param vouches whether the recipients become contacts of the agent, with the approval by which
   *     the mail leaves
   * @throws StateConflict if it was decided otherwise, ended, or has another version, or the agent
   *     has too many contacts
   * @throws ReviewForbidden if the caller may not decide on it, or not vouch
   */
  public Review approve(Caller caller, Review review, int version, Edits edits, boolean vouches) {
    check(caller, review);
    if (vouches && !caller.may(Permission.AGENTS_WRITE)) {
      throw new ReviewForbidden("the permission agents:write is needed to vouch for recipients");
    }
    // Before the transaction: a file takes its time.
    Edited edited = edits.isNone() || !review.isOpen() ? null : contents.edit(review, edits);
    return decide(decider(caller), review, new Decision(version, true, edited, null, vouches));
  }

  /**
   * The reason of a rejection as one line, from what a person wrote.
   *
   * @throws ReasonMissing if it is empty or too long
   */
  public static String reason(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    if (line.isEmpty() || line.length() > MAX_REASON) {
      throw new ReasonMissing(MAX_REASON);
    }
    return line;
  }

  /**
   * Rejects the message: it is cancelled.
   *
   * @param reason for the agent
   * @throws ReviewConflict if it was decided otherwise, ended, or has another version
   * @throws ReviewForbidden if the caller may not decide on it
   */
  public Review reject(Caller caller, Review review, int version, String reason) {
    check(caller, review);
    return decide(decider(caller), review, new Decision(version, false, null, reason, false));
  }

  /**
   * Decides for somebody who is not a caller but was appointed: a reviewer who is asked by mail, or
   * a webhook's receiver. Only the version that they saw is approved or rejected.
   *
   * @param reason of a rejection, for the agent
   * @throws ReviewConflict if it was decided otherwise, ended, or has another version
   * @throws ReviewForbidden if the key that submitted the message appointed the reviewer
   */
  public Review decide(
      Reviews.Decider by, Review review, int version, boolean approves, @Nullable String reason) {
    if (reviews.isOfSubmitter(review, by.appointedBy())
        || reviews.isOfSubmitter(review, by.shownTo())) {
      throw new ReviewForbidden(
          "this reviewer was appointed by the key that submitted the message, or by a key that"
              + " created it or that it created");
    }
    return decide(by, review, new Decision(version, approves, null, reason, false));
  }

  private record Decision(
      int version,
      boolean approves,
      @Nullable Edited edited,
      @Nullable String reason,
      boolean vouches) {}

  private Review decide(Reviews.Decider by, Review review, Decision decision) {
    Decided decided =
        transaction.execute(
            status -> {
              Decided result =
                  lifecycle.decide(
                      review,
                      decision.version(),
                      decision.approves(),
                      decision.edited(),
                      by,
                      decision.reason());
              if (!result.isRepeated()) {
                record(result.review(), decision);
              }
              return result;
            });
    return Objects.requireNonNull(decided).review();
  }

  private void record(Review decided, Decision decision) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("review", decided.id().toString());
    details.put("version", decided.version().number());
    if (decision.vouches() && !decided.isOpen()) {
      List<EmailAddress> added = recipients.vouch(decided);
      if (!added.isEmpty()) {
        details.put(
            "contacts", added.stream().map(EmailAddress::value).collect(Collectors.joining(", ")));
      }
    }
    audit.record(
        decision.approves() ? "message.approved" : "message.rejected",
        decided.message().value(),
        decided.organization(),
        details);
  }

  private static Reviews.Decider decider(Caller caller) {
    return new Reviews.Decider(idOf(caller), caller.publicName(), null);
  }

  /** A caller as it is named in decisions, such as {@code key:<id>} or {@code person:<id>}. */
  public static String idOf(Caller caller) {
    if (caller.person() != null) {
      return "person:" + caller.person();
    }
    return caller.key() == null
        ? (caller.kind() == Caller.Kind.USER ? "user:" : "setting:") + caller.name()
        : "key:" + caller.key();
  }

  private void check(Caller caller, Review review) {
    if (!caller.may(Permission.REVIEWS_DECIDE)) {
      throw new ReviewForbidden("the permission reviews:decide is needed");
    }
    if (caller.scope() != null) {
      throw new ReviewForbidden("a key that is bound to agents never decides on their mail");
    }
    if (reviews.isOfSubmitter(review, idOf(caller))) {
      throw new ReviewForbidden(
          "the key that submitted the message never decides on it, nor does one that made it or"
              + " that it made");
    }
  }
}
