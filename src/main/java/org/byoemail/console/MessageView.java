package org.byoemail.console;

import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.MessageId;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Direction;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;

/** A message on the pages. */
record MessageView(
    UUID id,
    boolean outbound,
    String from,
    List<String> to,
    List<String> cc,
    @Nullable String replyTo,
    String subject,
    @Nullable String text,
    boolean moreText,
    boolean hasHtml,
    @Nullable String rfcMessageId,
    @Nullable String inReplyTo,
    ConversationId conversation,
    List<HeaderField> headers,
    List<FileView> files,
    DisplayTime createdAt) {

  /** An attachment. */
  record FileView(
      UUID id,
      String name,
      String contentType,
      String size,
      @Nullable String rejected,
      boolean preview) {

    static FileView of(Attachment attachment) {
      return new FileView(
          attachment.id(),
          attachment.name(),
          attachment.contentType(),
          MessageView.size(attachment.size()),
          attachment.rejected(),
          AttachmentPreviews.isPreviewed(attachment));
    }
  }

  static MessageView of(Message message, List<Attachment> attachments) {
    return new MessageView(
        message.id().value(),
        message.direction() == Direction.OUTBOUND,
        message.fromName() == null
            ? message.from()
            : message.fromName() + " <" + message.from() + ">",
        message.to(),
        message.cc(),
        message.replyTo(),
        message.subject(),
        message.text(),
        message.text() != null && message.text().length() >= Messages.EXCERPT,
        message.html() != null,
        text(message.messageId()),
        text(message.inReplyTo()),
        message.conversation(),
        message.headers(),
        attachments.stream().map(FileView::of).toList(),
        DisplayTime.of(message.createdAt()));
  }

  static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    return bytes < 1024 * 1024
        ? "%.1f KB".formatted(bytes / 1024.0)
        : "%.1f MB".formatted(bytes / 1024.0 / 1024.0);
  }

  private static @Nullable String text(@Nullable MessageId id) {
    return id == null ? null : id.value();
  }
}
