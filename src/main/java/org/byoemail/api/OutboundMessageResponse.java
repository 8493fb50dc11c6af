package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.outbound.bounce.Bounce;
import org.byoemail.outbound.bounce.Bounces;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.delivery.RecipientStatus;
import org.byoemail.outbound.finding.OutgoingFindings;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.outbound.outbox.WaitingReason;
import org.jspecify.annotations.Nullable;

/**
 * An outbound message with its recipients, attempts and reports.
 *
 * @param type what distinguishes it from other messages
 * @param account the present account of the sender's address; null if absent
 * @param dueAt when the next attempt is due; null if none is
 * @param heldReason why the message is held; null unless it is
 * @param waiting why it has not left yet, and when it is tried next; null if nothing is left to
 *     send
 * @param reports bounces, complaints and receipts, oldest first
 * @param findings what was found in it when it was accepted, if its agent's policy asks for that
 */
@Schema(name = "OutboundMessage")
record OutboundMessageResponse(
    @Schema(allowableValues = OutboundMessageResponse.TYPE) String type,
    @JsonUnwrapped MessageContent mail,
    String submissionId,
    @Nullable UUID account,
    @EnumWords(MessageStatus.class) String status,
    @Nullable Instant dueAt,
    Instant expiresAt,
    @Nullable String heldReason,
    @Nullable WaitingReason waiting,
    List<Recipient> recipients,
    List<Attempt> attempts,
    List<BounceResponse> reports,
    List<Finding> findings,
    List<String> labels)
    implements MessageResponse {
  static final String TYPE = "outbound_message";

  static OutboundMessageResponse of(
      OutboundDetails details,
      @Nullable UUID account,
      List<Bounce> reports,
      List<OutgoingFindings.Found> findings,
      List<String> labels,
      StreamedText.Source texts) {
    return new OutboundMessageResponse(
        TYPE,
        MessageContent.of(details.message(), details.attachments(), texts),
        details.submissionId(),
        account,
        details.status().word(),
        details.dueAt(),
        details.expiresAt(),
        details.heldReason(),
        details.waiting(),
        details.recipients().stream().map(one -> Recipient.of(one, reports)).toList(),
        details.attempts().stream().map(Attempt::of).toList(),
        reports.stream().map(BounceResponse::of).toList(),
        findings.stream().map(Finding::of).toList(),
        labels);
  }

  /**
   * Something found in the mail.
   *
   * @param name what it is of its kind, such as {@code github-token}; empty for some kinds
   * @param evidence masked: never a secret or a number itself
   * @param action what the sending policy said about it
   */
  @Schema(name = "OutgoingFinding")
  record Finding(
      @Schema(
              allowableValues = {
                "secret",
                "card-number",
                "bank-account",
                "pattern",
                "other-tenant",
                "hidden-text",
                "type-mismatch",
                "partly-read"
              })
          String kind,
      String name,
      String place,
      String evidence,
      @Schema(allowableValues = {"mark", "review"}) String action) {

    static Finding of(OutgoingFindings.Found found) {
      return new Finding(
          found.kind(), found.name(), found.place(), found.evidence(), found.action());
    }
  }

  /**
   * The result for one recipient.
   *
   * @param delayedSince the time of the last delay report; null if absent, if another report
   *     followed, and once the server has stopped trying
   */
  record Recipient(
      String address,
      @Schema(allowableValues = {"to", "cc", "bcc"}) String kind,
      @EnumWords(RecipientStatus.class) String status,
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

  /** An attempt to send the message. */
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
