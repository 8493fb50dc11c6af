package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.bounce.Bounce;
import org.jspecify.annotations.Nullable;

/** What a delivery report, a complaint or a receipt says about one recipient. */
@Schema(name = "Bounce")
record BounceResponse(
    UUID id,
    @Nullable @Schema(description = "the account that it arrived in; null: a provider reported it")
        UUID account,
    @Nullable @Schema(description = "null: it is about no message of this account") UUID messageId,
    @Nullable @Schema(description = "the producer's id of that message") String submissionId,
    @Nullable UUID attemptId,
    @Schema(allowableValues = {"failed", "delayed", "success", "arf", "mdn"}) String kind,
    @Nullable @Schema(description = "as it is named there") String recipient,
    @Nullable @Schema(description = "which recipient of the message is meant") String address,
    @Nullable String action,
    @Nullable @Schema(description = "enhanced status code (RFC 3463)") String status,
    @Nullable
        @Schema(
            allowableValues = {
              "no-such-user",
              "no-such-host",
              "mailbox-full",
              "too-large",
              "refused",
              "rate-limited",
              "authentication",
              "expired",
              "other"
            })
        String reason,
    @Schema(description = "whether the same mail would fail again") boolean permanent,
    @Nullable String smtpReply,
    @Nullable String diagnostic,
    @Nullable String reportingMta,
    @Nullable @Schema(allowableValues = {"structured", "free-text"}) String strength,
    @Nullable @Schema(description = "the rule that recognised it") String rule,
    @Nullable @Schema(description = "the type of a complaint, such as abuse") String complaint,
    @Nullable
        @Schema(
            allowableValues = {
              "envelope-id",
              "attempt-header",
              "message-id",
              "recipient",
              "provider"
            })
        String matchedBy,
    @Nullable @Schema(allowableValues = {"original", "final", "inferred"}) String recipientMatch,
    @Schema(description = "whether it changed the state of the recipient") boolean changed,
    @Nullable @Schema(description = "the mail that said it; null: a provider reported it")
        UUID inboundMail,
    Instant createdAt) {

  static BounceResponse of(Bounce bounce) {
    return new BounceResponse(
        bounce.id(),
        bounce.account() == null ? null : bounce.account().value(),
        StoredMessageId.valueOrNull(bounce.message()),
        bounce.submission(),
        bounce.attempt(),
        bounce.kind(),
        bounce.recipient(),
        bounce.address(),
        bounce.action(),
        bounce.status(),
        bounce.reason(),
        bounce.permanent(),
        bounce.smtpReply(),
        bounce.diagnostic(),
        bounce.reportingMta(),
        bounce.strength(),
        bounce.rule(),
        bounce.complaint(),
        bounce.matchedBy(),
        bounce.recipientMatch(),
        bounce.changed(),
        bounce.inboundMail(),
        bounce.createdAt());
  }
}
