package org.byoemail.outbound.sentfolder;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.util.Optional;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.format.mail.MessageId;
import org.byoemail.outbound.composition.AttemptHeader;
import org.byoemail.outbound.composition.Composer;
import org.byoemail.outbound.sentfolder.SentCopies.Copy;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.MessageIds;
import org.byoemail.platform.conversation.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Stores copies of mails in an open Sent folder, composed as they were sent. A mail that the folder
 * already has is not stored again.
 */
@Component
class CopyStorage {
  private static final Logger log = LoggerFactory.getLogger(CopyStorage.class);

  private final SentFolderSettings settings;
  private final SentCopies copies;
  private final Messages messages;
  private final Attachments attachments;
  private final MessageIds messageIds;
  private final Composer composer;
  private final AttemptHeader attemptHeader;

  CopyStorage(
      SentFolderSettings settings,
      SentCopies copies,
      Messages messages,
      Attachments attachments,
      MessageIds messageIds,
      Composer composer,
      AttemptHeader attemptHeader) {
    this.settings = settings;
    this.copies = copies;
    this.messages = messages;
    this.attachments = attachments;
    this.messageIds = messageIds;
    this.composer = composer;
    this.attemptHeader = attemptHeader;
  }

  /**
   * Stores a claimed copy.
   *
   * @throws MessagingException if the folder can no longer be used
   */
  void store(SentFolder folder, Copy copy) throws MessagingException {
    Message message = messages.find(copy.message()).orElse(null);
    if (message == null || message.messageId() == null) {
      return;
    }
    Optional<MessageId> found =
        folder.find(
            message.messageId(), attemptHeader.name(), copy.attempt().toString(), copy.sentAt());
    if (found.isPresent()) {
      if (!found.get().equals(message.messageId())) {
        messageIds.learn(message.id(), found.get());
      }
      copies.stored(copy, "found");
      return;
    }
    MimeMessage mail;
    try {
      mail = composer.composed(message, attachments.ofMessage(message.id()), copy.attempt());
    } catch (IllegalArgumentException | MessagingException e) {
      log.error("cannot compose the copy of message {}", copy.message(), e);
      copies.queue().failed(copy, "it cannot be composed");
      return;
    }
    try {
      folder.append(mail::writeTo, copy.sentAt(), settings.limit());
      copies.stored(copy, "appended");
    } catch (ImapRefused e) {
      // A problem of this mail only, such as a quota or its size: the others continue.
      copies.queue().failed(copy, String.valueOf(e.getMessage()));
    }
  }
}
