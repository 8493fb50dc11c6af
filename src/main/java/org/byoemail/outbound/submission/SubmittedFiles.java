package org.byoemail.outbound.submission;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Attachments.PositionedAttachment;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes the attachments of a message from the files of its submission. */
@Component
class SubmittedFiles {

  private final Attachments attachments;
  private final ContentStore content;
  private final Messages messages;

  SubmittedFiles(Attachments attachments, ContentStore content, Messages messages) {
    this.messages = messages;
    this.attachments = attachments;
    this.content = content;
  }

  /** What the message's attachments will be; their content is not stored by this. */
  List<Attachment> plan(
      StoredMessageId messageId,
      OrganizationId organization,
      @Nullable Scope scope,
      Submission submission) {
    List<Attachment> planned = new ArrayList<>();
    for (int i = 0; i < submission.attachments().size(); i++) {
      SubmittedFile file = submission.attachments().get(i);
      String field = "attachments[" + i + "].id";
      planned.add(
          file.content() == null
              ? uploaded(messageId, organization, scope, submission, file, field)
              : given(messageId, organization, file, file.content()));
    }
    return planned;
  }

  /** Stores the contents of inline files; their rows follow in the transaction. */
  List<Attachment> storeContent(List<Attachment> planned, Submission submission) {
    List<Attachment> stored = new ArrayList<>();
    for (int i = 0; i < planned.size(); i++) {
      byte[] bytes = submission.attachments().get(i).content();
      stored.add(
          bytes == null
              ? planned.get(i)
              : withContent(
                  planned.get(i), content.store(new ByteArrayInputStream(bytes)).sha256()));
    }
    return stored;
  }

  void storeRows(List<Attachment> stored) {
    attachments.storeAll(
        IntStream.range(0, stored.size())
            .mapToObj(i -> new PositionedAttachment(stored.get(i), i))
            .toList());
  }

  private static Attachment given(
      StoredMessageId messageId, OrganizationId organization, SubmittedFile file, byte[] bytes) {
    return new Attachment(
        Ids.next(),
        organization,
        messageId,
        String.valueOf(file.name()),
        String.valueOf(file.contentType()),
        file.contentId() != null,
        file.contentId(),
        bytes.length,
        "",
        null);
  }

  private Attachment uploaded(
      StoredMessageId messageId,
      OrganizationId organization,
      @Nullable Scope scope,
      Submission submission,
      SubmittedFile file,
      String field) {
    Attachment upload =
        attachments
            .find(java.util.Objects.requireNonNull(file.upload()))
            .filter(a -> a.organization().equals(organization) && a.sha256() != null)
            .filter(a -> a.message() == null || messages.isWithin(scope, a.message()))
            .orElseThrow(
                () ->
                    new SubmissionRejected(
                        submission.id(),
                        field,
                        "is not a file uploaded for the organization "
                            + organization.value()
                            + ": upload it with organization="
                            + organization.value()));
    return new Attachment(
        Ids.next(),
        organization,
        messageId,
        file.name() == null ? upload.name() : file.name(),
        file.contentType() == null ? upload.contentType() : file.contentType(),
        file.contentId() != null,
        file.contentId(),
        upload.size(),
        upload.sha256(),
        null);
  }

  private static Attachment withContent(Attachment planned, String sha256) {
    return new Attachment(
        planned.id(),
        planned.organization(),
        planned.message(),
        planned.name(),
        planned.contentType(),
        planned.inline(),
        planned.contentId(),
        planned.size(),
        sha256,
        null);
  }
}
