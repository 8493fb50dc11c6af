package org.byoemail.inbound;

import java.util.List;
import org.byoemail.conversation.Attachment;
import org.jspecify.annotations.Nullable;

/**
 * What was put into the content store of a mail.
 *
 * @param raw the SHA-256 of the raw mail, or of its header where no more is kept; null: nothing is
 * @param attachments in order, without their message
 */
public record Content(@Nullable String raw, List<Attachment> attachments) {
  static final Content NOTHING = new Content(null, List.of());

  public Content {
    attachments = List.copyOf(attachments);
  }
}
