package org.byoemail.inbound;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.byoemail.conversation.Attachment;
import org.byoemail.conversation.ContentStore;
import org.byoemail.conversation.ContentStore.Piece;
import org.byoemail.mail.Ids;
import org.byoemail.mailbox.FetchFailed;
import org.byoemail.mailbox.IncomingMail;
import org.byoemail.mailbox.RawMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Puts the content of mails into the content store, before the transaction that refers to it: what
 * a crash leaves behind in between is content nobody refers to. Small raw mails of a batch share
 * one content, since making a file durable costs far more than writing it (ADR 0016).
 */
@Component("inboundContents")
public class InboundContents {
  private static final Logger log = LoggerFactory.getLogger(InboundContents.class);
  private static final long SMALL = 256 << 10;

  private final ContentStore store;
  private final InboundSettings settings;

  InboundContents(ContentStore store, InboundSettings settings) {
    this.store = store;
    this.settings = settings;
  }

  /** Keeps what belongs to the mails: nothing of one that is refused or known. */
  public void keep(IntakeBatch batch) {
    List<Raw> small = new ArrayList<>();
    for (Intake intake : batch.all()) {
      Optional<Raw> raw = raw(intake);
      if (raw.isPresent() && raw.get().size() > SMALL) {
        keep(raw.get(), Piece.whole(stored(raw.get().bytes())));
      } else {
        raw.ifPresent(small::add);
      }
    }
    if (small.isEmpty()) {
      return;
    }
    List<InputStream> bytes = small.stream().map(Raw::bytes).toList();
    ContentStore.Stored pack = stored(new SequenceInputStream(Collections.enumeration(bytes)));
    long start = 0;
    for (Raw raw : small) {
      keep(raw, new Piece(pack.sha256(), start, raw.size()));
      start += raw.size();
    }
  }

  /** What is kept of a mail as it came. */
  private record Raw(Intake intake, InputStream bytes, long size, boolean headerOnly) {
    static Raw whole(Intake intake, RawMail mail) {
      return new Raw(intake, mail.open(), mail.size(), false);
    }

    static Raw header(Intake intake, byte[] header) {
      return new Raw(intake, new ByteArrayInputStream(header), header.length, true);
    }
  }

  private void keep(Raw raw, Piece place) {
    Intake intake = raw.intake();
    intake.keep(
        new Content(
            place,
            raw.headerOnly(),
            intake.becomes(InboundStatus.INGESTED)
                ? intake.parsed().attachments().stream().map(a -> attachment(intake, a)).toList()
                : List.of()));
  }

  /** Empty: nothing is kept. */
  private Optional<Raw> raw(Intake intake) {
    return switch (intake.decision().status()) {
      case INGESTED, REPORT -> Optional.of(Raw.whole(intake, intake.mail().raw()));
      case QUARANTINED -> Optional.of(putAside(intake));
      case REFUSED, DUPLICATE -> Optional.empty();
    };
  }

  /** Where it cannot be fetched, its header. */
  private Raw putAside(Intake intake) {
    IncomingMail mail = intake.mail();
    if (!mail.isUnfetchable()
        && !mail.isFatal()
        && !mail.exceedsMemory()
        && mail.size() <= settings.maxMessageSize().toBytes()) {
      try {
        return Raw.whole(intake, mail.raw());
      } catch (FetchFailed e) {
        log.info("{} is put aside with its header only", intake, e);
      }
    }
    return Raw.header(intake, mail.headerBytes());
  }

  private ContentStore.Stored stored(InputStream content) {
    try (content) {
      return store.store(content);
    } catch (IOException e) {
      throw new UncheckedIOException("a fetched mail cannot be read back", e);
    }
  }

  private Attachment attachment(Intake intake, org.byoemail.mime.Attachment file) {
    long size = file.size();
    String sha256 = null;
    String rejected = null;
    if (size > settings.maxAttachmentSize().toBytes()) {
      rejected = "larger than " + settings.maxAttachmentSize();
    } else {
      sha256 = stored(file.open()).sha256();
    }
    return new Attachment(
        Ids.next(),
        intake.account().organization(),
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
