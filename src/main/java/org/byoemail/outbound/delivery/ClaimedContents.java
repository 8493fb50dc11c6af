package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.composition.Composer;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Messages;
import org.springframework.stereotype.Component;

/**
 * The bodies and files of claimed messages: small bodies are loaded with the messages, large ones
 * when the mail is composed. Safe for use by many threads.
 */
@Component
class ClaimedContents {
  private static final int MAX_SMALL_BODY = 64 << 10;
  // As a row, as text, with other line ends, and as it is encoded.
  private static final int COPIES = 6;

  private final Messages messages;
  private final Attachments attachments;
  private final Composer composer;

  ClaimedContents(Messages messages, Attachments attachments, Composer composer) {
    this.messages = messages;
    this.attachments = attachments;
    this.composer = composer;
  }

  /** The claimed messages, by their ids. */
  Map<StoredMessageId, Messages.PartlyLoaded> messages(List<Claim> claims) {
    return messages.find(claims.stream().map(Claim::message).toList(), MAX_SMALL_BODY).stream()
        .collect(Collectors.toMap(one -> one.message().id(), one -> one));
  }

  /** The files of each of those messages that has some. */
  Map<StoredMessageId, List<Attachment>> files(Collection<StoredMessageId> messageIds) {
    return messageIds.isEmpty() ? Map.of() : attachments.ofMessages(messageIds);
  }

  /** The heap in bytes that composing and sending take; 0 for a small mail. Files are streamed. */
  long heap(Messages.PartlyLoaded loaded, Transport transport) {
    long files =
        transport == Transport.POSTMARK
            ? attachments.ofMessage(loaded.message().id()).stream()
                .mapToLong(Attachment::size)
                .sum()
            : 0;
    long bytes = loaded.bodyBytes() + files;
    return bytes <= MAX_SMALL_BODY ? 0 : bytes * COPIES;
  }

  /**
   * Composes a mail, with its bodies if they were left in the database, unless no recipient is
   * left.
   *
   * @throws MessagingException if it cannot be composed: an internal error
   */
  void compose(OutgoingMail mail) throws MessagingException {
    if (mail.envelope().isEmpty() || mail.leavesBy() == Transport.NONE) {
      return;
    }
    if (mail.message().text() == null && mail.message().html() == null) {
      mail.complete(
          messages
              .find(mail.messageId())
              .orElseThrow(() -> new IllegalStateException("no message " + mail.messageId())));
    }
    composer.compose(mail, mail.message(), mail.files(), mail.claim().attempt());
  }
}
