package org.byoemail.inbound;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.byoemail.conversation.Attachment;
import org.byoemail.conversation.ContentStore;
import org.byoemail.conversation.ContentStore.Piece;
import org.byoemail.mail.Ids;
import org.byoemail.mailbox.FetchFailed;
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
    List<Intake> small = new ArrayList<>();
    List<InputStream> bytes = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    long end = 0;
    for (Intake intake : batch.all()) {
      InputStream raw = raw(intake);
      if (raw == null) {
        continue;
      }
      long size = size(intake);
      if (size > SMALL) {
        keep(intake, Piece.whole(stored(raw)));
      } else {
        small.add(intake);
        bytes.add(raw);
        end += size;
        ends.add(end);
      }
    }
    if (small.isEmpty()) {
      return;
    }
    ContentStore.Stored pack = stored(new SequenceInputStream(Collections.enumeration(bytes)));
    long start = 0;
    for (int i = 0; i < small.size(); i++) {
      keep(small.get(i), new Piece(pack.sha256(), start, ends.get(i) - start));
      start = ends.get(i);
    }
  }

  private void keep(Intake intake, Piece raw) {
    intake.keep(
        new Content(
            raw,
            !isWhole(intake),
            intake.becomes(InboundStatus.INGESTED)
                ? intake.parsed().attachments().stream().map(a -> attachment(intake, a)).toList()
                : List.of()));
  }

  /** What is kept of it as it came; null: nothing is. Where it was not fetched, its header. */
  private @org.jspecify.annotations.Nullable InputStream raw(Intake intake) {
    return switch (intake.decision().status()) {
      case INGESTED, REPORT -> intake.mail().raw().open();
      case QUARANTINED ->
          isWhole(intake)
              ? intake.mail().raw().open()
              : new ByteArrayInputStream(intake.mail().headerBytes());
      case REFUSED, DUPLICATE -> null;
    };
  }

  private long size(Intake intake) {
    return !isWhole(intake) ? intake.mail().headerBytes().length : intake.mail().raw().size();
  }

  private boolean isWhole(Intake intake) {
    if (!intake.becomes(InboundStatus.QUARANTINED)) {
      return true;
    }
    if (intake.mail().isUnfetchable()
        || intake.mail().size() > settings.maxMessageSize().toBytes()) {
      return false;
    }
    try {
      intake.mail().raw();
      return true;
    } catch (FetchFailed e) {
      log.info("{} is put aside with its header only", intake, e);
      return false;
    }
  }

  private ContentStore.Stored stored(InputStream content) {
    try (content) {
      return store.store(content);
    } catch (IOException e) {
      throw new UncheckedIOException("a fetched mail cannot be read back", e);
    }
  }

  private Attachment attachment(Intake intake, org.byoemail.mail.Attachment file) {
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
