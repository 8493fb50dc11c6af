package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.io.Reader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.MessageId;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.outbound.bounce.Bounce;
import org.byoemail.outbound.bounce.Bounces;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.outbound.outbox.OutboxEntry;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages.Body;
import org.jspecify.annotations.Nullable;

/** The shapes of messages. */
final class MessageJson {
  private MessageJson() {}

  /** What became of a submission. */
  record Accepted(
      @Schema(description = "the producer's own") String id,
      @Schema(description = "ours") UUID messageId) {

    static Accepted of(Submissions.Accepted accepted) {
      return new Accepted(accepted.submissionId(), accepted.messageId());
    }
  }

  /** A file. */
  @Schema(name = "Attachment")
  record File(
      UUID id,
      String name,
      String contentType,
      long size,
      boolean inline,
      @Nullable String contentId,
      @Nullable @Schema(description = "why it was not kept") String rejected) {

    static File of(Attachment attachment) {
      return new File(
          attachment.id(),
          attachment.name(),
          attachment.contentType(),
          attachment.size(),
          attachment.inline(),
          attachment.contentId(),
          attachment.rejected());
    }
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

  /**
   * A line of the list.
   *
   * @param id of the message; of an inbound mail that became none, that of the mail
   * @param account of an inbound mail
   * @param error what the last try that failed was told, or why an inbound mail became no message
   * @param possibleDuplicate of an inbound mail: it may have been taken in before
   */
  @Schema(name = "MessageEntry")
  record Entry(
      UUID id,
      String direction,
      @Nullable String organization,
      @Nullable UUID account,
      @Nullable String submissionId,
      @Nullable UUID conversationId,
      @Nullable String from,
      @Nullable List<String> to,
      @Nullable String subject,
      String status,
      Instant createdAt,
      @Nullable Instant dueAt,
      @Nullable String heldReason,
      @Nullable String error,
      @Nullable String authentication,
      @Nullable String autoSubmitted,
      @Nullable Boolean possibleDuplicate) {

    static Entry of(InboxEntry item) {
      return new Entry(
          item.message() == null ? item.id() : item.message(),
          "inbound",
          null,
          item.account().value(),
          null,
          null,
          item.sender(),
          null,
          item.subject(),
          item.status().word(),
          item.createdAt(),
          null,
          null,
          item.reason(),
          item.authentication().word(),
          item.autoSubmitted(),
          item.possibleDuplicate());
    }

    static Entry of(OutboxEntry entry) {
      return new Entry(
          entry.messageId(),
          "outbound",
          entry.organization(),
          null,
          entry.submissionId(),
          entry.conversation(),
          entry.from(),
          entry.to(),
          entry.subject(),
          entry.status().word(),
          entry.acceptedAt(),
          entry.dueAt(),
          entry.heldReason(),
          entry.error(),
          null,
          null,
          null);
    }
  }

  /** Reads a text of a message piece by piece. */
  interface Texts {
    Reader read(UUID message, Body body);
  }

  /** What both directions share. */
  record Mail(
      UUID id,
      String direction,
      String organization,
      UUID conversationId,
      String from,
      @Nullable String fromName,
      List<String> to,
      List<String> cc,
      @Nullable String replyTo,
      String subject,
      @Nullable @Schema(type = "string") StreamedText text,
      @Nullable @Schema(type = "string") StreamedText html,
      @Nullable String rfcMessageId,
      @Nullable String inReplyTo,
      List<String> references,
      List<HeaderField> headers,
      Map<String, Object> metadata,
      @Nullable Instant sentDate,
      Instant createdAt,
      List<File> attachments) {

    static Mail of(Message message, List<Attachment> attachments, Texts texts) {
      return new Mail(
          message.id(),
          message.direction().word(),
          message.organization(),
          message.conversation(),
          message.from(),
          message.fromName(),
          message.to(),
          message.cc(),
          message.replyTo(),
          message.subject(),
          StreamedText.of(message.text(), () -> texts.read(message.id(), Body.TEXT)),
          StreamedText.of(message.html(), () -> texts.read(message.id(), Body.HTML)),
          message.messageId() == null ? null : message.messageId().value(),
          message.inReplyTo() == null ? null : message.inReplyTo().value(),
          message.references().stream().map(MessageId::value).toList(),
          message.headers(),
          message.metadata(),
          message.sentDate(),
          message.createdAt(),
          attachments.stream().map(File::of).toList());
    }
  }
}
