package org.byoemail.outbound.draft;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.AddressText;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.composition.Composer;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.outbound.submission.SubmittedFile;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Direction;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Composes drafts as mails for a Drafts folder. All versions of a draft have one Message-ID, by
 * which any of them is found, and a header field with the version. Safe for use by many threads.
 */
@Component
class DraftMail {
  /** The version of a copy; a mail that a person has saved lacks it. */
  static final String VERSION = "X-Draft-Version";

  private final SubmissionReader reader;
  private final Attachments attachments;
  private final Messages messages;
  private final Composer composer;

  DraftMail(
      SubmissionReader reader, Attachments attachments, Messages messages, Composer composer) {
    this.reader = reader;
    this.attachments = attachments;
    this.messages = messages;
    this.composer = composer;
  }

  /** The Message-ID of the copies of a draft. It is never sent: the message has another one. */
  static MessageId messageId(UUID draft) {
    return new MessageId(draft + "@draft.invalid");
  }

  /**
   * The mail of an unsent draft, with its Bcc. Files that are no longer stored are left out.
   *
   * @throws SubmissionRejected if its content is no longer a valid one
   */
  MimeMessage compose(Draft draft) throws MessagingException {
    byte[] content = String.valueOf(draft.content()).getBytes(StandardCharsets.UTF_8);
    ObjectNode node = reader.json(new ByteArrayInputStream(content), null);
    Submission submission = reader.readDraft(node);
    Scope agent = new Scope(Set.of(draft.agent().value()), Set.of());
    MimeMessage mail =
        composer.composed(message(draft, submission, agent), files(draft, submission, agent), null);
    for (NamedAddress address : submission.bcc()) {
      mail.addRecipient(RecipientType.BCC, new InternetAddress(address.address().mailbox(), false));
    }
    mail.setHeader(VERSION, String.valueOf(draft.version()));
    return mail;
  }

  private Message message(Draft draft, Submission submission, Scope agent) {
    NamedAddress replyTo = submission.replyTo();
    MessageId answered = answered(draft, submission, agent);
    return new Message(
        new StoredMessageId(draft.id()),
        draft.organization(),
        new ConversationId(draft.id()),
        new EndpointId(draft.id()),
        Direction.OUTBOUND,
        draft.from(),
        submission.fromName(),
        written(submission.to()),
        written(submission.cc()),
        replyTo == null ? null : AddressText.format(replyTo),
        submission.subject(),
        submission.text(),
        submission.html(),
        messageId(draft.id()),
        answered,
        answered == null ? List.of() : List.of(answered),
        submission.headers(),
        submission.metadata(),
        draft.changedAt(),
        draft.createdAt());
  }

  private static List<String> written(List<NamedAddress> addresses) {
    return addresses.stream().map(AddressText::format).toList();
  }

  private @Nullable MessageId answered(Draft draft, Submission submission, Scope agent) {
    return submission.inReplyTo() == null
        ? null
        : messages
            .withoutTexts(new StoredMessageId(submission.inReplyTo()))
            .filter(message -> message.organization().equals(draft.organization()))
            .filter(message -> messages.isWithin(agent, message.id()))
            .map(Message::messageId)
            .orElse(null);
  }

  private List<Attachment> files(Draft draft, Submission submission, Scope agent) {
    List<Attachment> files = new ArrayList<>();
    for (SubmittedFile file : submission.attachments()) {
      if (file.upload() == null) {
        continue;
      }
      attachments
          .find(file.upload())
          .filter(a -> a.organization().equals(draft.organization()) && a.sha256() != null)
          .filter(a -> a.message() == null || messages.isWithin(agent, a.message()))
          .ifPresent(
              a ->
                  files.add(
                      new Attachment(
                          a.id(),
                          a.organization(),
                          null,
                          file.name() == null ? a.name() : file.name(),
                          file.contentType() == null ? a.contentType() : file.contentType(),
                          file.contentId() != null,
                          file.contentId(),
                          a.size(),
                          a.sha256(),
                          null)));
    }
    return files;
  }
}
