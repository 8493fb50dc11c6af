package org.byoemail.inbound.ingest;

import java.util.List;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore.Piece;
import org.jspecify.annotations.Nullable;

/**
 * What was put into the content store of a mail.
 *
 * @param raw where the raw mail is, or its header where no more is kept; null: nothing is
 * @param headerOnly whether no more than the header is kept
 * @param attachments in order, without their message
 */
record MailContent(@Nullable Piece raw, boolean headerOnly, List<Attachment> attachments) {
  static final MailContent NOTHING = new MailContent(null, false, List.of());

  MailContent {
    attachments = List.copyOf(attachments);
  }
}
