package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.outbound.bounce.Bounce;
import org.byoemail.outbound.bounce.Bounces;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.jspecify.annotations.Nullable;

/**
 * An outbound message, with all that is known of its sending.
 *
 * @param account the one that its address has now; null where it has none
 * @param dueAt when it is tried next; null where there is nothing left to do
 * @param heldReason why it waits for a person; null where it does not
 * @param reports what reports, complaints and receipts said about it, oldest first
 */
@Schema(name = "OutboundMessage")
record OutboundMessageResponse(
    @JsonUnwrapped MessageContent mail,
    String submissionId,
    @Nullable UUID account,
    String status,
    @Nullable Instant dueAt,
    Instant expiresAt,
    @Nullable String heldReason,
    List<Recipient> recipients,
    List<Attempt> attempts,
    List<BounceResponse> reports) {

  static OutboundMessageResponse of(
      OutboundDetails story,
      @Nullable UUID account,
      List<Bounce> reports,
      StreamedText.Source texts) {
    return new OutboundMessageResponse(
        MessageContent.of(story.message(), story.attachments(), texts),
        story.submissionId(),
        account,
        story.status().word(),
        story.dueAt(),
        story.expiresAt(),
        story.heldReason(),
        story.recipients().stream().map(one -> Recipient.of(one, reports)).toList(),
        story.attempts().stream().map(Attempt::of).toList(),
        reports.stream().map(BounceResponse::of).toList());
  }

  /**
   * One recipient.
   *
   * @param delayedSince when its server said last that it is still trying; null where it said no
   *     such thing, or something else since, and where the time in which it tries is over
   */
  record Recipient(
      String address,
      String kind,
      String status,
      @Nullable String enhancedStatus,
      @Nullable String diagnostic,
      @Nullable Instant delayedSince) {

    static Recipient of(OutboundDetails.Recipient recipient, List<Bounce> reports) {
      return new Recipient(
          recipient.address().value(),
          recipient.kind(),
          recipient.status().word(),
          recipient.enhancedStatus(),
          recipient.diagnostic(),
          Bounces.delayedSince(recipient.address(), recipient.status(), reports).orElse(null));
    }
  }

  /** One try. */
  record Attempt(
      UUID id,
      int tryNumber,
      @Nullable String provider,
      String status,
      @Nullable String outcome,
      Instant queuedAt,
      @Nullable Instant sentAt,
      @Nullable Instant deliveredAt,
      @Nullable Instant failedAt,
      @Nullable String error,
      @Nullable String errorCode,
      @Nullable String smtpReply) {

    static Attempt of(OutboundDetails.Attempt attempt) {
      return new Attempt(
          attempt.id().value(),
          attempt.tryNumber(),
          attempt.provider(),
          attempt.status(),
          attempt.outcome(),
          attempt.queuedAt(),
          attempt.sentAt(),
          attempt.deliveredAt(),
          attempt.failedAt(),
          attempt.error(),
          attempt.errorCode(),
          attempt.smtpReply());
    }
  }
}
