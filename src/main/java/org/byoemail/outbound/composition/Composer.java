package org.byoemail.outbound.composition;

import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import org.byoemail.account.connection.SmtpUtf8Addresses;
import org.byoemail.format.mail.AddressText;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.HeaderText;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Composes the mail of a stored outbound message (RFC 5322, RFC 2045 to 2047, RFC 2231): the same
 * one at each attempt but for the id of the attempt. Bcc is never in it. Every line is 7-bit, but
 * for addresses that cannot be (RFC 6532), and shorter than 998 characters. Safe for use by many
 * threads.
 */
@Component
public class Composer {

  private static final String UTF_8 = "UTF-8";
  private static final int LINE = 76;

  private final ContentStore content;
  private final BodyTemplates templates;
  private final String attemptHeader;

  Composer(ContentStore content, BodyTemplates templates, AttemptHeader attemptHeader) {
    this.content = content;
    this.templates = templates;
    this.attemptHeader = attemptHeader.name();
  }

  /**
   * Writes header and body of a message into a mail and saves its changes. The content of the
   * attachments is read from the store each time that the mail is written.
   *
   * @param attempt whose id the mail carries; null if it is not sent
   * @throws IllegalArgumentException if a header field contains a line break or NUL
   */
  public void compose(
      MimeMessage target,
      Message message,
      List<Attachment> attachments,
      @Nullable AttemptId attempt)
      throws MessagingException {
    target.setFrom(address(new NamedAddress(text(message.fromName()), sender(message))));
    addRecipients(target, message);
    if (message.replyTo() != null) {
      target.setReplyTo(new InternetAddress[] {address(AddressText.parse(message.replyTo()))});
    }
    target.setSubject(EncodedText.of(HeaderCheck.line("Subject", message.subject())), UTF_8);
    target.setSentDate(
        Date.from(message.sentDate() == null ? message.createdAt() : message.sentDate()));
    addThread(target, message);
    for (HeaderField field : message.headers()) {
      target.setHeader(field.name(), folded(field));
    }
    if (attempt != null) {
      target.setHeader(attemptHeader, attempt.toString());
    }
    new MimeBody(content, templates.around(message), attachments).writeTo(target);
    target.saveChanges();
    if (message.messageId() != null) {
      // Saving makes a new one where the mail's class does not prevent it.
      target.setHeader("Message-ID", message.messageId().inBrackets());
    }
    HeaderCheck.all(target);
  }

  /** The mail of a stored message as it is sent, or was sent by an attempt. */
  public MimeMessage composed(
      Message message, List<Attachment> attachments, @Nullable AttemptId attempt)
      throws MessagingException {
    MimeMessage mail =
        new MimeMessage(isInternational(message) ? SmtpUtf8Addresses.mailSession() : null);
    compose(mail, message, attachments, attempt);
    return mail;
  }

  /** Whether one of the addresses in its header needs SMTPUTF8 (RFC 6531). */
  public static boolean isInternational(Message message) {
    return AddressText.isInternational(message.from())
        || message.replyTo() != null && AddressText.isInternational(message.replyTo())
        || message.to().stream().anyMatch(AddressText::isInternational)
        || message.cc().stream().anyMatch(AddressText::isInternational);
  }

  private static org.byoemail.format.mail.EmailAddress sender(Message message) {
    return org.byoemail.format.mail.EmailAddress.parse(message.from());
  }

  private static void addRecipients(MimeMessage target, Message message) throws MessagingException {
    target.setRecipients(RecipientType.TO, addresses(message.to()));
    target.setRecipients(RecipientType.CC, addresses(message.cc()));
    if (message.to().isEmpty() && message.cc().isEmpty()) {
      // As RFC 5322 section 3.4 has it, for the many servers that dislike a mail without To.
      target.setHeader("To", "undisclosed-recipients:;");
    }
  }

  private static InternetAddress[] addresses(List<String> written) {
    return written.stream()
        .map(AddressText::parse)
        .map(Composer::address)
        .toArray(InternetAddress[]::new);
  }

  private static InternetAddress address(NamedAddress address) {
    try {
      String name = EncodedText.of(HeaderCheck.line("display name", address.name()));
      return new InternetAddress(address.address().mailbox(), name.isEmpty() ? null : name, UTF_8);
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every Java platform has UTF-8", e);
    }
  }

  private static void addThread(MimeMessage target, Message message) throws MessagingException {
    if (message.inReplyTo() != null && isWritable(message.inReplyTo())) {
      target.setHeader("In-Reply-To", message.inReplyTo().inBrackets());
    }
    String references =
        message.references().stream()
            .filter(Composer::isWritable)
            .map(MessageId::inBrackets)
            .collect(Collectors.joining("\r\n "));
    if (!references.isEmpty()) {
      target.setHeader("References", references);
    }
  }

  // A stranger chose it: what no header can hold is left out.
  private static boolean isWritable(MessageId id) {
    return id.value().length() <= HeaderText.MAX_WORD
        && id.value().chars().allMatch(c -> c > ' ' && c < 0x7f && c != '<' && c != '>');
  }

  private static String folded(HeaderField field) {
    String value = HeaderCheck.line(field.name(), field.value());
    try {
      String encoded =
          MimeUtility.encodeText(EncodedText.of(value), StandardCharsets.UTF_8.name(), null);
      return MimeUtility.fold(Math.min(field.name().length() + 2, LINE), encoded);
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every Java platform has UTF-8", e);
    }
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
