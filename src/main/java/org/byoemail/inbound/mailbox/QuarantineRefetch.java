package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.byoemail.inbound.mailbox.MailMemory.Share;
import org.byoemail.inbound.mailbox.MailMemory.Share.Taken;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches mails once more that were put aside without their bytes, where somebody asked for it. */
final class QuarantineRefetch {
  private static final Logger log = LoggerFactory.getLogger(QuarantineRefetch.class);

  private final RemoteFolder folder;
  private final MailboxContext context;
  private final MailboxRows rows;
  private final InboundDelivery delivery;
  private final Share memory;

  QuarantineRefetch(
      RemoteFolder folder,
      MailboxContext context,
      MailboxRows rows,
      InboundDelivery delivery,
      Share memory) {
    this.memory = memory;
    this.folder = folder;
    this.context = context;
    this.rows = rows;
    this.delivery = delivery;
  }

  /**
   * Delivers what was asked for. One that fails for a reason of ours stays asked for.
   *
   * @throws LeaseLost where the mailbox belongs to another watcher by now
   */
  void run(BooleanSupplier stopping) throws MessagingException {
    for (QuarantinedMail quarantined : rows.wantedAgain(context)) {
      if (stopping.getAsBoolean()) {
        return;
      }
      fetch(quarantined);
    }
  }

  private void fetch(QuarantinedMail quarantined) throws MessagingException {
    List<FetchedHeader> heads;
    try {
      heads = folder.heads(List.of(quarantined.uid()), false).mails();
    } catch (Refused e) {
      rows.notWanted(context, quarantined, "unfetchable: the server still does not give this mail");
      return;
    }
    if (heads.isEmpty()) {
      rows.notWanted(context, quarantined, "it is no longer in the mailbox");
      return;
    }
    rows.wantedOnce(quarantined);
    IncomingMail mail =
        IncomingMail.again(context, heads.get(0), quarantined, folder.source(heads.get(0)));
    mail.exceedsMemory(!memory.canEver(mail.size()));
    try (Taken ofMail = memory.take(CatchUp.costAlone(mail.size()));
        IncomingBatch batch = new IncomingBatch(context, List.of(mail), wanted -> {})) {
      delivery.deliver(batch);
      rows.notWanted(context, quarantined, null);
    } catch (Exception e) {
      failed(quarantined, e);
    }
  }

  private void failed(QuarantinedMail quarantined, Exception e) throws MessagingException {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof LeaseLost lost) {
        throw lost;
      }
      if (cause instanceof MailMemoryExhausted busy) {
        throw busy;
      }
      if (cause instanceof MailGone) {
        rows.notWanted(context, quarantined, "it is no longer in the mailbox");
        return;
      }
      if (cause instanceof FetchFailed failed) {
        rows.notWanted(
            context, quarantined, "unfetchable: the server still does not give this mail");
        if (failed.getCause() instanceof MessagingException server
            && !(server instanceof Refused)) {
          throw server;
        }
        return;
      }
    }
    log.warn(
        "{}: mail {} was not dealt with again; the next look tries it",
        context,
        quarantined.uid(),
        e);
  }
}
