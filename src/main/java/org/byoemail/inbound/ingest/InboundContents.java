package org.byoemail.inbound.ingest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.byoemail.format.authentication.SenderVerdict;
import org.byoemail.format.mail.Ids;
import org.byoemail.inbound.mailbox.FetchFailed;
import org.byoemail.inbound.mailbox.IncomingMail;
import org.byoemail.inbound.mailbox.RawMail;
import org.byoemail.inbound.scan.Scanners;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.ContentStore.Piece;
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
  private static final String NOT_SCREENED =
      "it was not screened: the route inbound-deliver-read lacks the step direct:inbound-screen, or"
          + " that route the step contentScreen";

  private final ContentStore store;
  private final InboundSettings settings;
  private final Scanners scanners;

  InboundContents(ContentStore store, InboundSettings settings, Scanners scanners) {
    this.scanners = scanners;
    this.store = store;
    this.settings = settings;
  }

  /**
   * Keeps what belongs to the mails: nothing of one that is refused or known. A mail that an edited
   * route did not judge is held where the policy asks for proof, and one that it did not screen
   * where scanners are set or its agent has findings held.
   */
  public void keep(IngestBatch batch) {
    List<Raw> small = new ArrayList<>();
    for (IngestItem item : batch.all()) {
      if (!SenderReview.holdUnjudged(item) && item.lacksScreening(scanners.areSet())) {
        if (item.verdict() == null) {
          item.judged(SenderVerdict.unknown());
        }
        item.hold(HoldReason.SCANNER, NOT_SCREENED);
      }
      Optional<Raw> raw = raw(item);
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

  /** What is kept of a raw mail. */
  private record Raw(IngestItem item, InputStream bytes, long size, boolean headerOnly) {
    static Raw whole(IngestItem item, RawMail mail) {
      return new Raw(item, mail.open(), mail.size(), false);
    }

    static Raw header(IngestItem item, byte[] header) {
      return new Raw(item, new ByteArrayInputStream(header), header.length, true);
    }
  }

  private void keep(Raw raw, Piece place) {
    IngestItem item = raw.item();
    item.keep(
        new MailContent(
            place,
            raw.headerOnly(),
            item.becomes(InboundStatus.INGESTED)
                ? item.parsed().attachments().stream().map(a -> attachment(item, a)).toList()
                : List.of()));
  }

  /** Empty: nothing is kept. */
  private Optional<Raw> raw(IngestItem item) {
    return switch (item.decision().status()) {
      case INGESTED, REPORT, HELD -> Optional.of(Raw.whole(item, item.mail().raw()));
      case QUARANTINED -> Optional.of(putAside(item));
      case REFUSED, DUPLICATE -> Optional.empty();
    };
  }

  /** Where it cannot be fetched, its header. */
  private Raw putAside(IngestItem item) {
    IncomingMail mail = item.mail();
    if (!mail.isUnfetchable()
        && !mail.isFatal()
        && !mail.exceedsMemory()
        && mail.size() <= settings.maxMessageSize().toBytes()) {
      try {
        return Raw.whole(item, mail.raw());
      } catch (FetchFailed e) {
        log.info("{} is quarantined with its header only", item, e);
      }
    }
    return Raw.header(item, mail.headerBytes());
  }

  private ContentStore.Stored stored(InputStream content) {
    try (content) {
      return store.store(content);
    } catch (IOException e) {
      throw new UncheckedIOException("a fetched mail cannot be read back", e);
    }
  }

  private Attachment attachment(IngestItem item, org.byoemail.format.mime.ParsedAttachment file) {
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
        item.account().organization(),
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
