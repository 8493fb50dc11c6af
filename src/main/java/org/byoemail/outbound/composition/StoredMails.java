package org.byoemail.outbound.composition;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.springframework.stereotype.Component;

/**
 * Composes the mails of stored outbound messages for display. Its texts are in memory only while a
 * mail is composed; its files never are. Safe for use by many threads.
 */
@Component
public class StoredMails {
  /**
   * Its bytes, its characters, and those with other line ends; the rest is written as it is made.
   */
  private static final int COPIES = 3;

  private final Messages messages;
  private final Attachments attachments;
  private final Composer composer;

  StoredMails(Messages messages, Attachments attachments, Composer composer) {
    this.messages = messages;
    this.attachments = attachments;
    this.composer = composer;
  }

  /** How much memory composing the mail of a message takes, in bytes. */
  public long memory(StoredMessageId message) {
    return COPIES * messages.sizeOfTexts(message);
  }

  /**
   * The mail of a message as it is sent, but for the id of an attempt; empty if there is no such
   * message.
   */
  public Optional<ComposedMail> compose(StoredMessageId message) {
    return messages.find(message).map(one -> compose(one, attachments.ofMessage(one.id())));
  }

  /** The mail of a message, stored or not, as it is sent, but for the id of an attempt. */
  public ComposedMail compose(Message message, List<Attachment> files) {
    try {
      MimeMessage mail = composer.composed(message, files, null);
      return ComposedMail.of(
          out -> {
            try {
              mail.writeTo(out);
            } catch (MessagingException e) {
              throw new IllegalStateException("message " + message.id() + " cannot be written", e);
            }
          });
    } catch (MessagingException e) {
      throw new IllegalStateException("message " + message.id() + " cannot be composed", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the mail of message " + message.id(), e);
    }
  }
}
