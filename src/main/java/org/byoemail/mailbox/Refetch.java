package org.byoemail.mailbox;

import jakarta.mail.MessagingException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.byoemail.mailbox.MailMemory.Share;
import org.byoemail.mailbox.MailMemory.Share.Taken;
import org.byoemail.mailbox.WatchedFolder.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches mails once more that were put aside without their bytes, where somebody asked for it. */
final class Refetch {
  private static final Logger log = LoggerFactory.getLogger(Refetch.class);

  private final WatchedFolder folder;
  private final Reading reading;
  private final MailboxRows rows;
  private final Delivery delivery;
  private final Share memory;

  Refetch(
      WatchedFolder folder, Reading reading, MailboxRows rows, Delivery delivery, Share memory) {
    this.memory = memory;
    this.folder = folder;
    this.reading = reading;
    this.rows = rows;
    this.delivery = delivery;
  }

  /**
   * Delivers what was asked for. One that fails for a reason of ours stays asked for.
   *
   * @throws LeaseLost where the mailbox belongs to another watcher by now
   */
  void run(BooleanSupplier stopping) throws MessagingException {
    for (Kept kept : rows.wantedAgain(reading)) {
      if (stopping.getAsBoolean()) {
        return;
      }
      fetch(kept);
    }
  }

  private void fetch(Kept kept) throws MessagingException {
    List<MailHead> heads;
    try {
      heads = folder.heads(List.of(kept.uid()), false).mails();
    } catch (Refused e) {
      rows.notWanted(reading, kept, "unfetchable: the server still does not give this mail");
      return;
    }
    if (heads.isEmpty()) {
      rows.notWanted(reading, kept, "it is no longer in the mailbox");
      return;
    }
    rows.wantedOnce(kept);
    IncomingMail mail =
        IncomingMail.again(reading, heads.get(0), kept, folder.source(heads.get(0)));
    mail.exceedsMemory(!memory.canEver(mail.size()));
    try (Taken ofMail = memory.take(CatchUp.costAlone(mail.size()));
        MailBatch batch = new MailBatch(reading, List.of(mail), wanted -> {})) {
      delivery.deliver(batch);
      rows.notWanted(reading, kept, null);
    } catch (Exception e) {
      failed(kept, e);
    }
  }

  private void failed(Kept kept, Exception e) throws MessagingException {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof LeaseLost lost) {
        throw lost;
      }
      if (cause instanceof MemoryBusy busy) {
        throw busy;
      }
      if (cause instanceof MailGone) {
        rows.notWanted(reading, kept, "it is no longer in the mailbox");
        return;
      }
      if (cause instanceof FetchFailed failed) {
        rows.notWanted(reading, kept, "unfetchable: the server still does not give this mail");
        if (failed.getCause() instanceof MessagingException server
            && !(server instanceof Refused)) {
          throw server;
        }
        return;
      }
    }
    log.warn(
        "{}: mail {} was not dealt with again; the next look tries it", reading, kept.uid(), e);
  }
}
