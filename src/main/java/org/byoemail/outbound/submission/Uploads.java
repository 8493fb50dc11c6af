package org.byoemail.outbound.submission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.ContentStore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Files that are uploaded first and sent later, by their id. Safe for use by many threads. */
@Component
public class Uploads {

  private final ContentStore content;
  private final Attachments attachments;
  private final long limit;

  Uploads(ContentStore content, Attachments attachments, SubmissionSettings settings) {
    this.content = content;
    this.attachments = attachments;
    this.limit = settings.maxAttachmentSize().toBytes();
  }

  /**
   * Stores a file, which any number of submissions of that organisation may then name.
   *
   * @param contentType null: guessed from the name
   * @param bytes read to its end, not closed
   * @throws SubmissionRejected if name or type cannot stand in a mail
   * @throws AttachmentTooLarge if it is larger than an attachment may be; nothing is stored then
   */
  public Attachment store(
      OrganizationId organization, String name, @Nullable String contentType, InputStream bytes) {
    ObjectNode given =
        JsonNodeFactory.instance.objectNode().put("name", name).put("contentType", contentType);
    List<InvalidField> invalid = new ArrayList<>();
    JsonFields fields = new JsonFields(given, "", invalid);
    String checkedName = FileRules.name(fields);
    String checkedType = FileRules.contentType(fields);
    if (checkedName == null || !invalid.isEmpty()) {
      throw new SubmissionRejected(null, invalid);
    }
    ContentStore.Stored stored = content.store(new Bounded(bytes, limit));
    Attachment attachment =
        new Attachment(
            Ids.next(),
            organization,
            null,
            checkedName,
            checkedType == null ? FileRules.guess(checkedName) : checkedType,
            false,
            null,
            stored.size(),
            stored.sha256(),
            null);
    attachments.store(attachment, 0);
    return attachment;
  }

  private static final class Bounded extends FilterInputStream {
    private final long limit;
    private long count;

    Bounded(InputStream in, long limit) {
      super(in);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      return counted(super.read(), 1);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      return counted(read, read);
    }

    private int counted(int result, int read) {
      count += result < 0 ? 0 : read;
      if (count > limit) {
        throw new AttachmentTooLarge(limit);
      }
      return result;
    }
  }
}
