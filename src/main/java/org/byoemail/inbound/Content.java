package org.byoemail.inbound;

import java.util.List;
import org.byoemail.conversation.Attachment;
import org.byoemail.conversation.ContentStore.Piece;
import org.jspecify.annotations.Nullable;

/**
 * What was put into the content store of a mail.
 *
 * @param raw where the raw mail is, or its header where no more is kept; null: nothing is
 * @param headerOnly whether no more than the header is kept
 * @param attachments in order, without their message
 */
record Content(@Nullable Piece raw, boolean headerOnly, List<Attachment> attachments) {
  static final Content NOTHING = new Content(null, false, List.of());

  Content {
    attachments = List.copyOf(attachments);
  }
}
