package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.byoemail.inbound.mailbox.MailMemory.Share;
import org.byoemail.inbound.mailbox.MailMemory.Share.Reservation;
import org.byoemail.inbound.mailbox.MailboxRows.Beginning;
import org.byoemail.inbound.mailbox.RemoteFolder.FetchedHeaders;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what arrived after the cursor over one connection, in the order of UIDs, a batch of headers
 * at a time, and delivers it.
 */
final class CatchUp implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);
  private static final int MAX_MAILS_PER_RUN = 500;
  private static final int HEADERS_PER_BATCH = 100;
  private static final long MAX_DELIVERY_BYTES = 4 << 20;
  private static final long MAX_COMBINED_FETCH_BYTES = 1 << 20;
  private static final int MAX_NEIGHBOUR_PROBES = 3;

  /** Memory per byte of a mail while it is read and stored. */
  private static final long MEMORY_PER_BYTE = 3;

  private static final long MEMORY_PER_FETCH = 4 << 20;
  private static final long MEMORY_PER_HEADER = 20 << 10;
  private static final long MEMORY_PER_LONG_HEADER = 256 << 10;
  private static final int MAX_LONG_HEADERS = 8;

  private final RemoteFolder folder;
  private final MailboxContext context;
  private final MailboxRows rows;
  private final InboundDelivery delivery;
  private final FetchFailureTracker failures;
  private final FatalMailGuard fatal;
  private final PostIngestActions postIngest;
  private final AtomicBoolean brokenByAction;
  private long lastUid;
  private long storedUid;
  private final Share memory;
  private @Nullable RawMail pendingRaw;
  private long pendingUid;
  private boolean fetchWhole;
  private List<Long> newUids = List.of();

  /**
   * @param cursor where reading continues
   */
  CatchUp(
      RemoteFolder folder,
      MailboxContext context,
      Cursor cursor,
      MailboxRows rows,
      InboundDelivery delivery,
      MailFailures failures,
      Share memory) {
    this.fatal = failures.fatal();
    this.memory = memory;
    this.folder = folder;
    this.context = context;
    this.rows = rows;
    this.delivery = delivery;
    this.failures = failures.fetching();
    this.brokenByAction = failures.brokenByAction();
    this.lastUid = cursor.lastUid();
    this.storedUid = cursor.lastUid();
    this.postIngest = new PostIngestActions(folder, context, rows);
  }

  /**
   * The result of a run.
   *
   * @param newUids how many new UIDs were found
   * @param delivered how many mails were delivered
   * @param more whether there is work for another run
   */
  record Run(int newUids, int delivered, boolean more) {}

  /**
   * Delivers up to 500 mails.
   *
   * @param refresh whether to send NOOP first
   * @param stopping whether to stop; asked between mails
   * @param turnUsedUp whether other mailboxes have precedence; asked after each delivery
   * @throws MessagingException if the connection failed @throws FetchFailed if the server did not
   *     return a mail @throws InboundDeliveryFailed if a mail was not ingested @throws
   *     MailMemoryExhausted if other mailboxes use the memory: try again soon @throws LeaseLost if
   *     another node has taken the mailbox
   */
  Run run(boolean refresh, BooleanSupplier stopping, BooleanSupplier turnUsedUp)
      throws MessagingException {
    try {
      return runGuarded(refresh, stopping, turnUsedUp);
    } catch (MessagingException | RuntimeException | Error e) {
      fatal.failed(context, e);
      throw e;
    }
  }

  private Run runGuarded(boolean refresh, BooleanSupplier stopping, BooleanSupplier turnUsedUp)
      throws MessagingException {
    postIngest.runPending();
    Beginning beginning = rows.beginning(context);
    if (beginning.refetchRequested()) {
      new QuarantineRefetch(folder, context, rows, delivery, memory).run(stopping);
    }
    // Every mail will be read anyway: fetch small ones with their headers.
    fetchWhole = context.window() == null && beginning.allRead();
    if (refresh) {
      folder.refresh();
    }
    newUids = folder.uidsAfter(lastUid);
    int delivered = 0;
    int covered = 0;
    for (int size = HEADERS_PER_BATCH;
        covered < Math.min(MAX_MAILS_PER_RUN, newUids.size()) && !stopping.getAsBoolean(); ) {
      int limit = isSuspect(newUids.get(covered)) ? 1 : size;
      List<Long> batch = newUids.subList(covered, Math.min(covered + limit, newUids.size()));
      try (Reservation memoryOfHeaders = memory.take(memoryForHeaders(batch.size()))) {
        FetchedHeaders headers;
        try {
          fatal.begin(context, batch);
          headers = headers(batch);
        } catch (Refused e) {
          // One of them cannot be fetched: those before it must not wait for it.
          size = Math.max(1, size / 2);
          continue;
        }
        for (List<FetchedHeader> batchOfMails : deliveryParts(headers.mails())) {
          if (stopping.getAsBoolean()) {
            return new Run(newUids.size(), delivered, true);
          }
          delivered += deliver(batchOfMails, stopping);
          if (turnUsedUp.getAsBoolean()) {
            return new Run(newUids.size(), delivered, true);
          }
        }
        if (stopping.getAsBoolean()) {
          // A failed delivery may have been left half way.
          return new Run(newUids.size(), delivered, true);
        }
        covered += headers.covered();
        advance(batch.get(headers.covered() - 1));
        postIngest.runPending();
      }
    }
    boolean moreActions = beginning.actionsRequested() && runActions(stopping);
    return new Run(
        newUids.size(), delivered, covered < newUids.size() || folder.hasNews() || moreActions);
  }

  /**
   * After delivery, and not in the run after one broke the connection: mail must not wait for them.
   */
  private boolean runActions(BooleanSupplier stopping) throws MessagingException {
    if (brokenByAction.getAndSet(false)) {
      return false;
    }
    try {
      return new RequestedActions(folder, context, rows.actions()).run(stopping);
    } catch (MessagingException | RuntimeException e) {
      brokenByAction.set(true);
      throw e;
    }
  }

  private boolean isSuspect(long uid) {
    return failures.isFetchedSingly(uid) || fatal.isSuspect(uid);
  }

  private FetchedHeaders headers(List<Long> batch) throws MessagingException {
    if (fatal.isFatal(batch.get(0))) {
      return new FetchedHeaders(List.of(new FetchedHeader(batch.get(0), 0, null, new byte[0])), 1);
    }
    boolean together =
        fetchWhole && !failures.isHeadersOnly() && batch.stream().noneMatch(failures::isSuspect);
    try {
      return folder.headers(batch, together);
    } catch (MessagingException e) {
      if (together && e instanceof Refused) {
        // The server may be unable to return a body: the header alone is still useful.
        fetchWhole = false;
        return headers(batch);
      }
      if (together) {
        failures.fetchHeadersOnly();
      }
      if (batch.size() > 1) {
        if (!(e instanceof Refused)) {
          // The connection broke over one of them: fetch them one by one next time.
          failures.fetchSinglyUpTo(batch.get(batch.size() - 1));
        }
        throw e;
      }
      long uid = batch.get(0);
      FetchedHeader unknown = new FetchedHeader(uid, 0, null, new byte[0]);
      if (failures.of(uid).isUnfetchable()) {
        return new FetchedHeaders(List.of(unknown), 1);
      }
      failures.fetchFailed(uid, servesNeighbours(uid, e));
      throw new FetchFailed(uid, String.valueOf(e.getMessage()), e);
    }
  }

  /** Splits into deliveries that fit into memory; a large mail goes by itself. */
  private List<List<FetchedHeader>> deliveryParts(List<FetchedHeader> headers) {
    List<List<FetchedHeader>> deliveryParts = new ArrayList<>();
    long bytes = 0;
    for (FetchedHeader header : headers) {
      if (isHistory(header)) {
        continue;
      }
      bytes += header.size();
      if (deliveryParts.isEmpty() || bytes > MAX_DELIVERY_BYTES) {
        deliveryParts.add(new ArrayList<>());
        bytes = header.size();
      }
      deliveryParts.get(deliveryParts.size() - 1).add(header);
    }
    return deliveryParts;
  }

  private boolean isHistory(FetchedHeader header) {
    return context.window() != null && context.window().isHistory(header);
  }

  private static long memoryForHeaders(int count) {
    return count * MEMORY_PER_HEADER + Math.min(count, MAX_LONG_HEADERS) * MEMORY_PER_LONG_HEADER;
  }

  /** The memory for one mail that is fetched again. */
  static long memoryForMail(long size) {
    return MEMORY_PER_FETCH + MEMORY_PER_BYTE * size;
  }

  /** Counts the small mails; a large one reserves its memory when it has arrived. */
  private static long memoryForMails(List<FetchedHeader> headers) {
    return MEMORY_PER_FETCH
        + headers.stream()
            .mapToLong(
                header ->
                    MEMORY_PER_BYTE
                        * Math.min(Math.max(header.size(), 0), MAX_COMBINED_FETCH_BYTES))
            .sum();
  }

  private int deliver(List<FetchedHeader> headers, BooleanSupplier stopping) {
    try (Reservation memoryOfMails = memory.take(memoryForMails(headers))) {
      return deliverBatch(headers, stopping);
    }
  }

  private int deliverBatch(List<FetchedHeader> headers, BooleanSupplier stopping) {
    fatal.beginBodies(context, headers);
    try (IncomingBatch mails = batch(headers)) {
      delivery.deliver(mails);
      if (!mails.isCommitted()) {
        throw new IllegalStateException("the route did not move the cursor past " + mails);
      }
      lastUid = mails.lastUid();
      storedUid = mails.lastUid();
      fatal.delivered();
      postIngest.markPending();
      return headers.size();
    } catch (Exception e) {
      fatal.failed(context, e);
      if (headers.size() == 1) {
        handleFailure(headers.get(0), e);
        return 0;
      }
      log.debug(
          "{}: {} mails failed together and are delivered one by one", context, headers.size(), e);
    }
    int delivered = 0;
    for (FetchedHeader header : headers) {
      if (stopping.getAsBoolean()) {
        break;
      }
      delivered += deliverBatch(List.of(header), stopping);
    }
    return delivered;
  }

  private void handleFailure(FetchedHeader header, Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof LeaseLost lost) {
        throw lost;
      }
      if (cause instanceof MailMemoryExhausted exhausted) {
        throw exhausted;
      }
      if (cause instanceof MailExpunged) {
        log.debug("{}: mail {} was expunged before it was fetched", context, header.uid());
        return;
      }
      if (cause instanceof FetchFailed failed) {
        failures.fetchFailed(header.uid(), servesNeighbours(header.uid(), failed.getCause()));
        throw failed;
      }
    }
    failures.processingFailed(header.uid());
    throw new InboundDeliveryFailed(incoming(header), e);
  }

  /** Whether the server, which did not return one mail, returns its neighbours. */
  private boolean servesNeighbours(long uid, @Nullable Throwable failure) {
    if (!(failure instanceof Refused)) {
      return false;
    }
    List<Long> neighbours = new ArrayList<>();
    newUids.stream()
        .filter(neighbour -> neighbour > uid)
        .limit(MAX_NEIGHBOUR_PROBES)
        .forEach(neighbours::add);
    if (lastUid > 0) {
      neighbours.add(lastUid);
    }
    for (long neighbour : neighbours) {
      try {
        if (!folder.headers(List.of(neighbour), true).mails().isEmpty()) {
          return true;
        }
      } catch (Refused e) {
        log.debug("{}: mail {} is not returned either", context, neighbour, e);
      } catch (MessagingException e) {
        log.debug("{}: the connection broke over mail {}", context, neighbour, e);
        return false;
      }
    }
    return false;
  }

  private IncomingBatch batch(List<FetchedHeader> headers) {
    return new IncomingBatch(context, headers.stream().map(this::incoming).toList(), this::fetch);
  }

  /** Fetches small mails in one command, up to 1 MB; larger ones are fetched lazily. */
  private void fetch(List<IncomingMail> mails) {
    List<IncomingMail> together = new ArrayList<>();
    long bytes = 0;
    for (IncomingMail mail : mails) {
      if (mail.header().whole() != null) {
        continue;
      }
      if (bytes + mail.size() > MAX_COMBINED_FETCH_BYTES) {
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
          folder.fetchAll(mails.stream().map(IncomingMail::header).toList());
      for (IncomingMail mail : mails) {
        if (bodies.containsKey(mail.uid())) {
          mail.attachRaw(bodies.get(mail.uid()));
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
    mail.exceedsMemory(!memory.canHold(header.size()));
    return fatal.isFatal(header.uid()) ? mail.asFatal() : mail;
  }

  /**
   * A large mail reserves memory only once it has arrived: a slow server must not hold it
   * meanwhile.
   */
  private RawMail fetched(FetchedHeader header) {
    RawMail mail = pendingRaw;
    if (mail == null || pendingUid != header.uid()) {
      close();
      mail = folder.source(header).fetch();
    }
    pendingRaw = null;
    if (mail.size() > MAX_COMBINED_FETCH_BYTES) {
      try {
        // Returned with the memory of the delivery.
        memory.take(MEMORY_PER_BYTE * mail.size());
      } catch (MailMemoryExhausted e) {
        pendingRaw = mail;
        pendingUid = header.uid();
        throw e;
      }
    }
    return mail;
  }

  /** Discards a mail that was fetched and waits for memory. */
  @Override
  public void close() {
    if (pendingRaw != null) {
      pendingRaw.close();
      pendingRaw = null;
    }
  }

  /** Moves the cursor, also past mails that are gone or history. */
  private void advance(long uid) {
    lastUid = uid;
    if (uid > storedUid) {
      rows.advance(context, uid);
      storedUid = uid;
    }
  }
}
