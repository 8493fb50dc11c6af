package org.byoemail.operations.setup;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.byoemail.account.registry.Account;
import org.byoemail.account.testmail.TestMail;
import org.byoemail.operations.setup.RoundTrip.Status;
import org.byoemail.operations.setup.RoundTrip.Step;
import org.byoemail.operations.setup.RoundTrip.StepState;
import org.byoemail.outbound.delivery.RecipientStatus;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.outbound.outbox.OutboundDetails.Attempt;
import org.byoemail.outbound.outbox.OutboundDetails.Recipient;
import org.jspecify.annotations.Nullable;

/** Derives the steps of a test mail from its message and its row. */
final class RoundTripSteps {
  private static final String SUBMITTED = "submitted";
  private static final String ACCEPTED = "accepted";
  private static final String ARRIVED = "arrived";

  private RoundTripSteps() {}

  /**
   * The steps.
   *
   * @param details of the outbound message; null: it was not accepted, or is no longer stored
   */
  static RoundTrip of(Account account, TestMail mail, @Nullable OutboundDetails details) {
    Step submitted =
        mail.message() == null
            ? new Step(SUBMITTED, StepState.FAILED, null, "it was not accepted: send another one")
            : new Step(SUBMITTED, StepState.DONE, mail.requestedAt(), "to " + mail.recipient());
    Step accepted = accepted(mail, details);
    Step arrived = arrived(account, mail, accepted);
    Instant left = accepted.at();
    Instant seen = mail.arrivedAt();
    return new RoundTrip(
        mail.id(),
        mail.recipient().value(),
        mail.message(),
        status(submitted, accepted, arrived),
        mail.folder(),
        seen == null ? null : between(left == null ? mail.requestedAt() : left, seen),
        List.of(submitted, accepted, arrived));
  }

  /** Not negative: a watcher may see it before the acceptance is recorded. */
  private static Duration between(Instant left, Instant seen) {
    return seen.isBefore(left) ? Duration.ZERO : Duration.between(left, seen);
  }

  private static Status status(Step submitted, Step accepted, Step arrived) {
    if (arrived.state() == StepState.DONE) {
      return Status.ARRIVED;
    }
    boolean failed =
        List.of(submitted, accepted, arrived).stream()
            .anyMatch(step -> step.state() == StepState.FAILED);
    if (failed) {
      return Status.FAILED;
    }
    return accepted.state() == StepState.DONE ? Status.ACCEPTED : Status.SUBMITTED;
  }

  private static Step accepted(TestMail mail, @Nullable OutboundDetails details) {
    if (details == null || details.recipients().isEmpty()) {
      return new Step(ACCEPTED, StepState.WAITING, null, "it is not known as a message");
    }
    Recipient recipient = details.recipients().get(0);
    Attempt last =
        details.attempts().isEmpty() ? null : details.attempts().get(details.attempts().size() - 1);
    Attempt sent =
        details.attempts().stream().filter(one -> one.sentAt() != null).findFirst().orElse(null);
    return switch (recipient.status()) {
      case SENT, DELIVERED -> done(mail, sent);
      case SIMULATED ->
          new Step(
              ACCEPTED,
              StepState.FAILED,
              null,
              "sending is simulated (byo.outbound.simulated): no mail left");
      // A bounce: the server had accepted it.
      case FAILED -> sent != null ? done(mail, sent) : failed(words(recipient.diagnostic(), last));
      case CANCELLED, EXPIRED -> failed(recipient.status().word());
      case QUEUED, IN_REVIEW, SENDING, DEFERRED, HELD -> waiting(details, recipient.status(), last);
    };
  }

  private static Step done(TestMail mail, @Nullable Attempt sent) {
    return new Step(
        ACCEPTED,
        StepState.DONE,
        sent == null ? mail.requestedAt() : sent.sentAt(),
        sent == null || sent.smtpReply() == null
            ? "accepted"
            : Objects.requireNonNull(sent.smtpReply()));
  }

  private static Step failed(String words) {
    return new Step(ACCEPTED, StepState.FAILED, null, words);
  }

  private static Step waiting(
      OutboundDetails details, RecipientStatus status, @Nullable Attempt last) {
    String words = status.word();
    if (details.heldReason() != null) {
      words += ": " + details.heldReason();
    } else if (last != null && last.error() != null) {
      words += ": " + last.error();
    }
    return new Step(ACCEPTED, StepState.WAITING, null, words);
  }

  private static String words(@Nullable String diagnostic, @Nullable Attempt last) {
    if (diagnostic != null) {
      return diagnostic;
    }
    return last == null || last.error() == null ? "refused" : last.error();
  }

  private static Step arrived(Account account, TestMail mail, Step accepted) {
    if (mail.arrivedAt() != null) {
      return new Step(
          ARRIVED,
          StepState.DONE,
          mail.arrivedAt(),
          "in the folder " + mail.folder() + signature(mail));
    }
    if (accepted.state() == StepState.FAILED) {
      return new Step(ARRIVED, StepState.WAITING, null, "it was not sent");
    }
    return new Step(ARRIVED, StepState.WAITING, null, missing(account, mail));
  }

  private static String signature(TestMail mail) {
    return mail.coversUnsubscribe() == null
        ? ""
        : mail.coversUnsubscribe()
            ? "; its DKIM signature covers List-Unsubscribe, so one-click unsubscribing is offered"
            : "; no DKIM signature covers List-Unsubscribe, so one-click unsubscribing is not offered";
  }

  private static String missing(Account account, TestMail mail) {
    if (mail.searchError() != null) {
      return mail.searchError();
    }
    if (!mail.recipient().equals(account.address())) {
      return "noticed only if an account of the organisation reads that mailbox";
    }
    return account.imapVerifiedAt() == null
        ? "noticed only once test-imap has passed"
        : "not seen yet in any folder that was searched";
  }
}
