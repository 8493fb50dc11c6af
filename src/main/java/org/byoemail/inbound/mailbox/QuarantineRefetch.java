package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.byoemail.inbound.mailbox.MailMemory.Share;
import org.byoemail.inbound.mailbox.MailMemory.Share.Reservation;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches quarantined mails again whose refetch was requested, because their bytes were not stored.
 */
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
   * Delivers the requested mails. The request stays if one fails for an internal reason.
   *
   * @throws LeaseLost if another node has taken the mailbox
   */
  void run(BooleanSupplier stopping) throws MessagingException {
    for (QuarantinedMail quarantined : rows.refetchRequests(context)) {
      if (stopping.getAsBoolean()) {
        return;
      }
      fetch(quarantined);
    }
  }

  private void fetch(QuarantinedMail quarantined) throws MessagingException {
    List<FetchedHeader> headers;
    try {
      headers = folder.headers(List.of(quarantined.uid()), false).mails();
    } catch (Refused e) {
      rows.refetchDone(
          context, quarantined, "unfetchable: the server still does not return this mail");
      return;
    }
    if (headers.isEmpty()) {
      rows.refetchDone(context, quarantined, "it is no longer in the mailbox");
      return;
    }
    rows.clearFatalRefetch(quarantined);
    IncomingMail mail =
        IncomingMail.refetched(context, headers.get(0), quarantined, folder.source(headers.get(0)));
    mail.exceedsMemory(!memory.canHold(mail.size()));
    try (Reservation memoryOfMail = memory.take(CatchUp.memoryForMail(mail.size()));
        IncomingBatch batch = new IncomingBatch(context, List.of(mail), wanted -> {})) {
      delivery.deliver(batch);
      rows.refetchDone(context, quarantined, null);
    } catch (Exception e) {
      failed(quarantined, e);
    }
  }

  private void failed(QuarantinedMail quarantined, Exception e) throws MessagingException {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof LeaseLost lost) {
        throw lost;
      }
      if (cause instanceof MailMemoryExhausted exhausted) {
        throw exhausted;
      }
      if (cause instanceof MailExpunged) {
        rows.refetchDone(context, quarantined, "it is no longer in the mailbox");
        return;
      }
      if (cause instanceof FetchFailed failed) {
        rows.refetchDone(
            context, quarantined, "unfetchable: the server still does not return this mail");
        if (failed.getCause() instanceof MessagingException server
            && !(server instanceof Refused)) {
          throw server;
        }
        return;
      }
    }
    log.warn(
        "{}: refetched mail {} was not ingested; tried again at the next poll",
        context,
        quarantined.uid(),
        e);
  }
}
