package org.byoemail.mailbox;

import jakarta.mail.MessagingException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.byoemail.mailbox.WatchedFolder.Refused;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what arrived behind the cursor, over one connection: in the order of UIDs, one mail
 * after the other, a batch of heads at a time.
 */
final class CatchUp {
  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);
  private static final int RUN = 500;
  private static final int BATCH = 100;

  /** Clocks differ, and INTERNALDATE is the server's. */
  private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

  private final WatchedFolder folder;
  private final Reading reading;
  private final MailboxRows rows;
  private final Delivery delivery;
  private final BodyForecast forecast;
  private final Stumble stumble;
  private final @Nullable Instant historyEnds;
  private long passed;
  private long stored;
  private boolean seenDue = true;

  /**
   * @param cursor where reading goes on
   * @param watchedSince where the folder was numbered anew: mail from before is history
   */
  CatchUp(
      WatchedFolder folder,
      Reading reading,
      Cursor cursor,
      @Nullable Instant watchedSince,
      MailboxRows rows,
      Delivery delivery,
      BodyForecast forecast,
      Stumble stumble) {
    this.folder = folder;
    this.reading = reading;
    this.rows = rows;
    this.delivery = delivery;
    this.forecast = forecast;
    this.stumble = stumble;
    this.passed = cursor.lastUid();
    this.stored = cursor.lastUid();
    this.historyEnds =
        watchedSince == null || reading.epoch() == 0 ? null : watchedSince.minus(CLOCKS_DIFFER);
  }

  /**
   * What a run did.
   *
   * @param found new UIDs
   * @param taken mails that were delivered
   * @param more whether another run has work to do
   */
  record Run(int found, int taken, boolean more) {}

  /**
   * Delivers up to 500 mails.
   *
   * @param stopping asked between two mails
   * @throws MessagingException where the server failed
   * @throws FetchFailed where it did not give a mail
   * @throws DeliveryFailed where a mail was not dealt with
   * @throws LeaseLost where the mailbox belongs to another watcher by now
   */
  Run run(BooleanSupplier stopping) throws MessagingException {
    markSeen();
    List<Long> found = folder.uidsAfter(passed);
    int taken = 0;
    int done = 0;
    for (int size = BATCH; done < Math.min(RUN, found.size()) && !stopping.getAsBoolean(); ) {
      List<Long> batch = found.subList(done, Math.min(done + size, found.size()));
      List<MailHead> heads;
      try {
        heads = heads(batch);
      } catch (Refused e) {
        // One of them is at fault: those before it are not to wait for it.
        size = Math.max(1, size / 2);
        continue;
      }
      try (MailBatch mails = new MailBatch(folder, reading, forecast, stumble, recent(heads))) {
        for (IncomingMail mail : mails.mails()) {
          if (stopping.getAsBoolean()) {
            return new Run(found.size(), taken, true);
          }
          taken += deliver(mail) ? 1 : 0;
        }
      }
      done += batch.size();
      pass(batch.get(batch.size() - 1));
      markSeen();
    }
    return new Run(found.size(), taken, done < found.size() || folder.hasNews());
  }

  private List<MailHead> heads(List<Long> batch) throws MessagingException {
    try {
      return folder.heads(batch);
    } catch (Refused e) {
      if (batch.size() > 1) {
        throw e;
      }
      long uid = batch.get(0);
      MailHead unknown = new MailHead(uid, 0, null, new byte[0]);
      if (stumble.of(uid).isUnfetchable()) {
        return List.of(unknown);
      }
      stumble.fetchFailed(uid);
      throw new FetchFailed(uid, String.valueOf(e.getMessage()), e);
    }
  }

  private List<MailHead> recent(List<MailHead> heads) {
    return historyEnds == null
        ? heads
        : heads.stream()
            .filter(h -> h.receivedAt() == null || !h.receivedAt().isBefore(historyEnds))
            .toList();
  }

  private boolean deliver(IncomingMail mail) {
    try (mail) {
      delivery.deliver(mail);
      if (!mail.isDealtWith()) {
        throw new IllegalStateException("the route did not move the cursor past the mail");
      }
      passed = mail.uid();
      stored = mail.uid();
      seenDue = true;
      return true;
    } catch (Exception e) {
      sort(mail, e);
      return false;
    }
  }

  private void sort(IncomingMail mail, Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof LeaseLost lost) {
        throw lost;
      }
      if (cause instanceof MailGone) {
        log.debug("{}: mail {} was gone before it was fetched", reading, mail.uid());
        return;
      }
      if (cause instanceof FetchFailed failed) {
        stumble.fetchFailed(mail.uid());
        throw failed;
      }
    }
    stumble.processingFailed(mail.uid());
    throw new DeliveryFailed(mail, e);
  }

  /** Those that are gone, or history, are left behind too. */
  private void pass(long uid) {
    passed = uid;
    if (uid > stored) {
      rows.advance(reading, uid);
      stored = uid;
    }
  }

  private void markSeen() throws MessagingException {
    if (!seenDue || !reading.marksSeen()) {
      return;
    }
    List<Long> pending = rows.pendingSeen(reading);
    if (!pending.isEmpty()) {
      try {
        folder.markSeen(pending);
      } catch (Refused e) {
        log.warn("{}: the server does not mark mail as read: {}", reading, e.getMessage());
      }
      rows.seen(reading, pending);
    }
    seenDue = false;
  }
}
