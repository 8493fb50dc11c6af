package org.byoemail.inbound;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.byoemail.conversation.Attachment;
import org.byoemail.conversation.ContentStore;
import org.byoemail.conversation.ContentStore.Stored;
import org.byoemail.mail.Ids;
import org.byoemail.mail.ParsedMail;
import org.byoemail.mailbox.FetchFailed;
import org.byoemail.mailbox.IncomingMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Puts the content of mails into the content store, before the transaction that refers to it: what
 * a crash leaves behind in between is content nobody refers to.
 */
@Component("inboundContents")
public class InboundContents {
  private static final Logger log = LoggerFactory.getLogger(InboundContents.class);

  private final ContentStore store;
  private final InboundSettings settings;

  InboundContents(ContentStore store, InboundSettings settings) {
    this.store = store;
    this.settings = settings;
  }

  /** Keeps what belongs to a mail that was read: nothing of one that is refused after all. */
  public Content keep(IncomingMail mail, Decision decision, ParsedMail parsed) {
    return switch (decision.status()) {
      case INGESTED ->
          new Content(
              raw(mail), parsed.attachments().stream().map(a -> attachment(mail, a)).toList());
      case REPORT -> new Content(raw(mail), List.of());
      default -> Content.NOTHING;
    };
  }

  /** Keeps the bytes of a mail that is put aside; only its header where there is no more. */
  public Content keepAside(IncomingMail mail) {
    if (!mail.isUnfetchable() && mail.size() <= settings.maxMessageSize().toBytes()) {
      try {
        return new Content(raw(mail), List.of());
      } catch (FetchFailed e) {
        log.info("{} is put aside with its header only", mail, e);
      }
    }
    Stored header = store.store(new ByteArrayInputStream(mail.headerBytes()));
    return new Content(header.sha256(), List.of());
  }

  private String raw(IncomingMail mail) {
    try (InputStream raw = mail.raw().open()) {
      return store.store(raw).sha256();
    } catch (IOException e) {
      throw new UncheckedIOException("a fetched mail cannot be read back", e);
    }
  }

  private Attachment attachment(IncomingMail mail, org.byoemail.mail.Attachment file) {
    long size = file.size();
    String sha256 = null;
    String rejected = null;
    if (size > settings.maxAttachmentSize().toBytes()) {
      rejected = "larger than " + settings.maxAttachmentSize();
    } else {
      try (InputStream in = file.open()) {
        sha256 = store.store(in).sha256();
      } catch (IOException e) {
        throw new UncheckedIOException("reading from memory failed", e);
      }
    }
    return new Attachment(
        Ids.next(),
        mail.account().organization(),
        null,
        file.name(),
        file.contentType(),
        file.inline(),
        file.contentId().orElse(null),
        size,
        sha256,
        rejected);
  }
}
