package org.byoemail.outbound.review;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.byoemail.outbound.composition.ComposedMail;
import org.byoemail.outbound.composition.StoredMails;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.Message;
import org.springframework.stereotype.Component;

/** Composes mails once and keeps them, so that what is approved is what is sent. Thread-safe. */
@Component
public class KeptMails {
  private final StoredMails mails;
  private final ContentStore contents;

  KeptMails(StoredMails mails, ContentStore contents) {
    this.mails = mails;
    this.contents = contents;
  }

  /** Composes a mail and keeps it; a reference to it must be stored within a day. */
  public KeptMail keep(Message message, List<Attachment> files) {
    ComposedMail composed = mails.compose(message, files);
    try (InputStream content = composed.content()) {
      ContentStore.Stored stored = contents.store(content);
      return new KeptMail(stored.sha256(), stored.size());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the mail of message " + message.id(), e);
    }
  }

  /** Its bytes; the caller closes them. */
  public InputStream open(String sha256) {
    return contents.open(sha256);
  }
}
