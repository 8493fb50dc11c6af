package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.MessageId;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages.Body;
import org.jspecify.annotations.Nullable;

/** The fields that inbound and outbound messages share. */
record MessageContent(
    UUID id,
    @Schema(allowableValues = {"inbound", "outbound"}) String direction,
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
    List<AttachmentResponse> attachments) {

  static MessageContent of(
      Message message, List<Attachment> attachments, StreamedText.Source texts) {
    return new MessageContent(
        message.id().value(),
        message.direction().word(),
        message.organization().value(),
        message.conversation().value(),
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
        attachments.stream().map(AttachmentResponse::of).toList());
  }
}
