package org.byoemail.outbound.outbox;

import java.time.Instant;
import java.util.List;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.delivery.RecipientStatus;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one outbound message.
 *
 * @param dueAt when it is tried next; null if there is nothing left to do
 * @param heldReason why it waits for a person; null if it does not
 * @param waiting why it has not left yet; null if there is nothing left to do
 */
public record OutboundDetails(
    Message message,
    String submissionId,
    MessageStatus status,
    @Nullable Instant dueAt,
    Instant expiresAt,
    @Nullable String heldReason,
    @Nullable WaitingReason waiting,
    List<Recipient> recipients,
    List<Attempt> attempts,
    List<Attachment> attachments) {

  /**
   * The state of one recipient.
   *
   * @param kind {@code to}, {@code cc} or {@code bcc}
   * @param diagnostic the server's words
   */
  public record Recipient(
      EmailAddress address,
      String kind,
      RecipientStatus status,
      @Nullable String enhancedStatus,
      @Nullable String diagnostic) {}

  /**
   * One attempt.
   *
   * @param provider the transport, such as {@code smtp}; null before it was chosen
   * @param status QUEUED, SENDING, SENT, DELIVERED or FAILED
   * @param outcome such as {@code accepted} or {@code deferred}; null before there is one
   */
  public record Attempt(
      AttemptId id,
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
      @Nullable String smtpReply) {}
}
