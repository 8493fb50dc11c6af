package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.outbound.bounce.Bounce;
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
record OutboundJson(
    @JsonUnwrapped MessageJson.Mail mail,
    String submissionId,
    @Nullable UUID account,
    String status,
    @Nullable Instant dueAt,
    Instant expiresAt,
    @Nullable String heldReason,
    List<MessageJson.Recipient> recipients,
    List<MessageJson.Attempt> attempts,
    List<BounceJson> reports) {

  static OutboundJson of(
      OutboundDetails story,
      @Nullable UUID account,
      List<Bounce> reports,
      MessageJson.Texts texts) {
    return new OutboundJson(
        MessageJson.Mail.of(story.message(), story.attachments(), texts),
        story.submissionId(),
        account,
        story.status().word(),
        story.dueAt(),
        story.expiresAt(),
        story.heldReason(),
        story.recipients().stream().map(one -> MessageJson.Recipient.of(one, reports)).toList(),
        story.attempts().stream().map(MessageJson.Attempt::of).toList(),
        reports.stream().map(BounceJson::of).toList());
  }
}
