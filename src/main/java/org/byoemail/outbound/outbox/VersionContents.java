package org.byoemail.outbound.outbox;

import java.io.InputStream;
import org.byoemail.outbound.delivery.ReviewLifecycle.Edited;
import org.byoemail.outbound.outbox.ReviewDesk.Edits;
import org.byoemail.outbound.review.KeptMails;
import org.byoemail.outbound.review.Review;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.springframework.stereotype.Component;

/** The bytes of versions: those that are kept, and those that a reviewer edits. Thread-safe. */
@Component
class VersionContents {
  private final KeptMails mails;
  private final Messages messages;
  private final Attachments attachments;

  VersionContents(KeptMails mails, Messages messages, Attachments attachments) {
    this.mails = mails;
    this.messages = messages;
    this.attachments = attachments;
  }

  /** The caller closes it. */
  InputStream open(Review.Version version) {
    return mails.open(version.sha256());
  }

  /** Composes and keeps the edited mail; writes a file, so call it outside of transactions. */
  Edited edit(Review review, Edits edits) {
    Message message =
        messages
            .find(review.message())
            .orElseThrow(() -> new IllegalStateException("no message " + review.message()))
            .edited(edits.subject(), edits.text(), edits.html());
    return new Edited(mails.keep(message, attachments.ofMessage(message.id())), message);
  }
}
