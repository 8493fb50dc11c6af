package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.byoemail.inbound.mailbox.MailMemory.Share;
import org.byoemail.inbound.mailbox.MailMemory.Share.Taken;
import org.byoemail.inbound.mailbox.RemoteFolder.Heads;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what arrived behind the cursor, over one connection: in the order of UIDs, a batch of
 * heads at a time.
 */
final class CatchUp implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);
  private static final int RUN = 500;
  private static final int BATCH = 100;
  private static final long PART_BYTES = 4 << 20;
  private static final long TOGETHER = 1 << 20;
  private static final int NEIGHBOURS = 3;

  /** Of memory: what a mail takes as a multiple of its size, while it is read and stored. */
  private static final long COST = 3;

  private static final long FETCHING = 4 << 20;
  private static final long A_HEAD = 20 << 10;
  private static final long A_LONG_HEAD = 256 << 10;
  private static final int LONG_HEADS = 8;

  private final RemoteFolder folder;
  private final MailboxContext context;
  private final MailboxRows rows;
  private final InboundDelivery delivery;
  private final FetchFailureTracker failures;
  private final FatalMailGuard fatal;
  private final PostIngestActions postIngest;
  private long passed;
  private long stored;
  private final Share memory;
  private @Nullable RawMail aside;
  private long asideUid;
  private boolean whole;
  private List<Long> found = List.of();

  /**
   * @param cursor where reading goes on
   */
  CatchUp(
      RemoteFolder folder,
      MailboxContext context,
      Cursor cursor,
      MailboxRows rows,
      InboundDelivery delivery,
      FetchFailureTracker failures,
      FatalMailGuard fatal,
      Share memory) {
    this.fatal = fatal;
    this.memory = memory;
    this.folder = folder;
    this.context = context;
    this.rows = rows;
    this.delivery = delivery;
    this.failures = failures;
    this.passed = cursor.lastUid();
    this.stored = cursor.lastUid();
    this.postIngest = new PostIngestActions(folder, context, rows);
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
   * @param refresh whether the server has to be asked for news first
   * @param stopping asked between two mails
   * @param yielding whether it is others' turn, asked after mails were delivered
   * @throws MessagingException where the server failed
   * @throws FetchFailed where it did not give a mail
   * @throws InboundDeliveryFailed where a mail was not dealt with
   * @throws MailMemoryExhausted where other mailboxes take the memory: it is to be tried soon
   * @throws LeaseLost where the mailbox belongs to another watcher by now
   */
  Run run(boolean refresh, BooleanSupplier stopping, BooleanSupplier yielding)
      throws MessagingException {
    try {
      return look(refresh, stopping, yielding);
    } catch (MessagingException | RuntimeException | Error e) {
      fatal.failed(context, e);
      throw e;
    }
  }

  private Run look(boolean refresh, BooleanSupplier stopping, BooleanSupplier yielding)
      throws MessagingException {
    postIngest.doWhatIsDue();
    new QuarantineRefetch(folder, context, rows, delivery, memory).run(stopping);
    // What will be read anyway, whoever sent it, comes with its head.
    whole = context.window() == null && rows.isAllRead(context.account());
    if (refresh) {
      folder.refresh();
    }
    found = folder.uidsAfter(passed);
    int taken = 0;
    int done = 0;
    for (int size = BATCH; done < Math.min(RUN, found.size()) && !stopping.getAsBoolean(); ) {
      int most = isSuspect(found.get(done)) ? 1 : size;
      List<Long> batch = found.subList(done, Math.min(done + most, found.size()));
      try (Taken ofHeads = memory.take(costOfHeads(batch.size()))) {
        Heads heads;
        try {
          fatal.begin(context, batch);
          heads = heads(batch);
        } catch (Refused e) {
          // One of them is at fault: those before it are not to wait for it.
          size = Math.max(1, size / 2);
          continue;
        }
        for (List<FetchedHeader> part : parts(heads.mails())) {
          if (stopping.getAsBoolean()) {
            return new Run(found.size(), taken, true);
          }
          taken += deliver(part, stopping);
          if (yielding.getAsBoolean()) {
            return new Run(found.size(), taken, true);
          }
        }
        if (stopping.getAsBoolean()) {
          // A part that failed as a whole may have been left in its middle.
          return new Run(found.size(), taken, true);
        }
        done += heads.covered();
        pass(batch.get(heads.covered() - 1));
        postIngest.doWhatIsDue();
      }
    }
    return new Run(found.size(), taken, done < found.size() || folder.hasNews());
  }

  private boolean isSuspect(long uid) {
    return failures.isCautious(uid) || fatal.isSuspect(uid);
  }

  private Heads heads(List<Long> batch) throws MessagingException {
    if (fatal.isFatal(batch.get(0))) {
      return new Heads(List.of(new FetchedHeader(batch.get(0), 0, null, new byte[0])), 1);
    }
    boolean together =
        whole && !failures.isApart() && batch.stream().noneMatch(failures::isSuspect);
    try {
      return folder.heads(batch, together);
    } catch (MessagingException e) {
      if (together && e instanceof Refused) {
        // It may be a body that the server cannot give: the head is worth having by itself.
        whole = false;
        return heads(batch);
      }
      if (together) {
        failures.keepApart();
      }
      if (batch.size() > 1) {
        if (!(e instanceof Refused)) {
          // A server that breaks down over one of them is asked for one after the other.
          failures.beCautious(batch.get(batch.size() - 1));
        }
        throw e;
      }
      long uid = batch.get(0);
      FetchedHeader unknown = new FetchedHeader(uid, 0, null, new byte[0]);
      if (failures.of(uid).isUnfetchable()) {
        return new Heads(List.of(unknown), 1);
      }
      failures.fetchFailed(uid, givesOthers(uid, e));
      throw new FetchFailed(uid, String.valueOf(e.getMessage()), e);
    }
  }

  /** What is dealt with together: never more than fits into memory, a large mail by itself. */
  private List<List<FetchedHeader>> parts(List<FetchedHeader> heads) {
    List<List<FetchedHeader>> parts = new ArrayList<>();
    long bytes = 0;
    for (FetchedHeader header : heads) {
      if (isHistory(header)) {
        continue;
      }
      bytes += header.size();
      if (parts.isEmpty() || bytes > PART_BYTES) {
        parts.add(new ArrayList<>());
        bytes = header.size();
      }
      parts.get(parts.size() - 1).add(header);
    }
    return parts;
  }

  private boolean isHistory(FetchedHeader header) {
    return context.window() != null && context.window().isHistory(header);
  }

  private static long costOfHeads(int count) {
    return count * A_HEAD + Math.min(count, LONG_HEADS) * A_LONG_HEAD;
  }

  /** What a mail takes that somebody asks for once more. */
  static long costAlone(long size) {
    return FETCHING + COST * size;
  }

  /** The small ones; a large one says what it takes when it has come. */
  private static long cost(List<FetchedHeader> heads) {
    return FETCHING
        + heads.stream()
            .mapToLong(header -> COST * Math.min(Math.max(header.size(), 0), TOGETHER))
            .sum();
  }

  private int deliver(List<FetchedHeader> heads, BooleanSupplier stopping) {
    try (Taken ofMails = memory.take(cost(heads))) {
      return deliverThese(heads, stopping);
    }
  }

  private int deliverThese(List<FetchedHeader> heads, BooleanSupplier stopping) {
    fatal.beginBodies(context, heads);
    try (IncomingBatch mails = batch(heads)) {
      delivery.deliver(mails);
      if (!mails.isDealtWith()) {
        throw new IllegalStateException("the route did not move the cursor past " + mails);
      }
      passed = mails.lastUid();
      stored = mails.lastUid();
      fatal.passed();
      postIngest.expect();
      return heads.size();
    } catch (Exception e) {
      fatal.failed(context, e);
      if (heads.size() == 1) {
        sort(heads.get(0), e);
        return 0;
      }
      log.debug("{}: {} mails were not dealt with and follow one by one", context, heads.size(), e);
    }
    int taken = 0;
    for (FetchedHeader header : heads) {
      if (stopping.getAsBoolean()) {
        break;
      }
      taken += deliverThese(List.of(header), stopping);
    }
    return taken;
  }

  private void sort(FetchedHeader header, Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof LeaseLost lost) {
        throw lost;
      }
      if (cause instanceof MailMemoryExhausted busy) {
        throw busy;
      }
      if (cause instanceof MailGone) {
        log.debug("{}: mail {} was gone before it was fetched", context, header.uid());
        return;
      }
      if (cause instanceof FetchFailed failed) {
        failures.fetchFailed(header.uid(), givesOthers(header.uid(), failed.getCause()));
        throw failed;
      }
    }
    failures.processingFailed(header.uid());
    throw new InboundDeliveryFailed(incoming(header), e);
  }

  /** Whether the server, which did not give one mail, gives its neighbours. */
  private boolean givesOthers(long uid, @Nullable Throwable trouble) {
    if (!(trouble instanceof Refused)) {
      return false;
    }
    List<Long> others = new ArrayList<>();
    found.stream().filter(other -> other > uid).limit(NEIGHBOURS).forEach(others::add);
    if (passed > 0) {
      others.add(passed);
    }
    for (long other : others) {
      try {
        if (!folder.heads(List.of(other), true).mails().isEmpty()) {
          return true;
        }
      } catch (Refused e) {
        log.debug("{}: mail {} is not given either", context, other, e);
      } catch (MessagingException e) {
        log.debug("{}: the connection ended over mail {}", context, other, e);
        return false;
      }
    }
    return false;
  }

  private IncomingBatch batch(List<FetchedHeader> heads) {
    return new IncomingBatch(context, heads.stream().map(this::incoming).toList(), this::fetch);
  }

  /** Small ones in one command, up to 1 MB; larger ones are fetched when they are asked for. */
  private void fetch(List<IncomingMail> mails) {
    List<IncomingMail> together = new ArrayList<>();
    long bytes = 0;
    for (IncomingMail mail : mails) {
      if (mail.header().whole() != null) {
        continue;
      }
      if (bytes + mail.size() > TOGETHER) {
        fetchTogether(together);
        together.clear();
        bytes = 0;
      }
      together.add(mail);
      bytes += mail.size();
    }
    fetchTogether(together);
  }

  private void fetchTogether(List<IncomingMail> mails) {
    if (mails.size() < 2) {
      return;
    }
    try {
      Map<Long, RawMail> bodies =
          folder.contents(mails.stream().map(IncomingMail::header).toList());
      for (IncomingMail mail : mails) {
        if (bodies.containsKey(mail.uid())) {
          mail.fetched(bodies.get(mail.uid()));
        }
      }
    } catch (Refused e) {
      log.debug("{}: mails are fetched one by one: {}", context, e.getMessage());
    } catch (MessagingException e) {
      throw new FetchFailed(mails.get(0).uid(), String.valueOf(e.getMessage()), e);
    }
  }

  private IncomingMail incoming(FetchedHeader header) {
    IncomingMail mail =
        new IncomingMail(context, header, failures.of(header.uid()), () -> fetched(header));
    mail.exceedsMemory(!memory.canEver(header.size()));
    return fatal.isFatal(header.uid()) ? mail.asFatal() : mail;
  }

  /** What is large takes memory only once it has come: a slow server must not hold it meanwhile. */
  private RawMail fetched(FetchedHeader header) {
    RawMail mail = aside;
    if (mail == null || asideUid != header.uid()) {
      close();
      mail = folder.source(header).fetch();
    }
    aside = null;
    if (mail.size() > TOGETHER) {
      try {
        // Given back with what the delivery takes.
        memory.take(COST * mail.size());
      } catch (MailMemoryExhausted e) {
        aside = mail;
        asideUid = header.uid();
        throw e;
      }
    }
    return mail;
  }

  /** Gives up what was fetched and waits for memory. */
  @Override
  public void close() {
    if (aside != null) {
      aside.close();
      aside = null;
    }
  }

  /** Those that are gone, or history, are left behind too. */
  private void pass(long uid) {
    passed = uid;
    if (uid > stored) {
      rows.advance(context, uid);
      stored = uid;
    }
  }
}
