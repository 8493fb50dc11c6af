package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.composition.AttemptHeader;
import org.byoemail.outbound.composition.Composer;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.outbound.review.KeptMails;
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
  private final KeptMails keptMails;
  private final String attemptHeader;
  private final Clock clock;

  ClaimedContents(
      Messages messages,
      Attachments attachments,
      Composer composer,
      KeptMails keptMails,
      AttemptHeader attemptHeader,
      Clock clock) {
    this.keptMails = keptMails;
    this.attemptHeader = attemptHeader.name();
    this.clock = clock;
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
  long heap(Claim claim, Messages.PartlyLoaded loaded, Transport transport) {
    long files =
        transport == Transport.POSTMARK || claim.review() != null
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
    String kept = mail.kept();
    if (kept != null) {
      read(mail, kept);
    }
    if (mail.message().text() == null
        && mail.message().html() == null
        && (kept == null || mail.leavesBy() == Transport.POSTMARK)) {
      mail.complete(
          messages
              .find(mail.messageId())
              .orElseThrow(() -> new IllegalStateException("no message " + mail.messageId())));
    }
    if (kept == null) {
      composer.compose(mail, mail.message(), mail.files(), mail.claim().attempt());
    }
  }

  /** Exactly what was approved; the attempt id and Date are this attempt's. */
  private void read(OutgoingMail mail, String sha256) throws MessagingException {
    byte[] bytes;
    try (InputStream content = keptMails.open(sha256)) {
      bytes = content.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the kept mail of " + mail.messageId(), e);
    }
    if (!digest(bytes).equals(sha256)) {
      throw new IllegalStateException("the kept mail of " + mail.messageId() + " was changed");
    }
    mail.read(new ByteArrayInputStream(bytes));
    mail.setHeader(attemptHeader, mail.claim().attempt().toString());
    mail.setSentDate(Date.from(clock.instant()));
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
