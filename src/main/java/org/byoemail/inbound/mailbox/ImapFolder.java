package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.angus.mail.imap.protocol.UIDSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder over IMAP, with UID commands: one SEARCH for the UIDs, one FETCH for the headers of a
 * batch, one for its small mails or for each MB of a large one, one STORE to mark a batch read.
 */
final class ImapFolder implements RemoteFolder {
  private static final Logger log = LoggerFactory.getLogger(ImapFolder.class);
  private static final int CHUNK_BYTES = 1 << 20;

  /** Few headers are longer; those are fetched again. */
  private static final int HEADER_BYTES = 16 << 10;

  private static final int MAX_HEADER_BYTES = 256 << 10;
  private static final int MAX_HEADERS_BYTES = 2 << 20;
  private static final int OVERHEAD_PER_MAIL = 4 << 10;
  private static final int OVERHEAD_PER_RESPONSE = 64 << 10;
  private static final Duration MAX_FETCH_TIME = Duration.ofMinutes(10);
  private static final byte[] EMPTY = {};

  private final FolderConnection link;
  private final ImapIdle idle;
  private final boolean junk;
  private final ImapActions actions;
  private final ImapSearch search;

  ImapFolder(FolderConnection link, ImapIdle idle, boolean junk) {
    this.junk = junk;
    this.link = link;
    this.idle = idle;
    this.actions = new ImapActions(link);
    this.search = new ImapSearch(link);
  }

  @Override
  public long uidValidity() {
    return link.selected().uidValidity();
  }

  @Override
  public long uidNext() {
    return link.selected().uidNext();
  }

  @Override
  public @Nullable Long modseq() {
    return link.selected().modseq();
  }

  @Override
  public long exists() {
    return link.unsolicited().exists;
  }

  @Override
  public boolean isWritable() {
    return link.selected().writable();
  }

  @Override
  public boolean isJunk() {
    return junk;
  }

  @Override
  public boolean canIdle() {
    return idle.isPossible();
  }

  @Override
  public boolean hasNews() {
    return link.unsolicited().newMail;
  }

  @Override
  public void refresh() throws MessagingException {
    // Not pipelined with the search that follows: Dovecot would search first and miss the new mail.
    link.send("NOOP");
  }

  @Override
  public List<Long> uidsAfter(long uid) throws MessagingException {
    return search.after(uid);
  }

  @Override
  public long lastUid() throws MessagingException {
    return search.last();
  }

  @Override
  public long firstUidSince(Instant moment) throws MessagingException {
    return search.firstSince(moment);
  }

  @Override
  public FetchedHeaders headers(List<Long> uids, boolean whole) throws MessagingException {
    List<FetchedHeader> headers = sendHeaderFetch(uids, HEADER_BYTES, whole);
    if (headers.size() < uids.size()) {
      List<Long> missing = new ArrayList<>(uids);
      missing.removeAll(headers.stream().map(FetchedHeader::uid).toList());
      requireGone(missing);
    }
    List<FetchedHeader> complete = new ArrayList<>();
    long bytes = 0;
    for (FetchedHeader header : headers) {
      if (bytes > MAX_HEADERS_BYTES) {
        return new FetchedHeaders(complete, uids.indexOf(header.uid()));
      }
      FetchedHeader full =
          header.header().length < HEADER_BYTES
              ? header
              : sendHeaderFetch(List.of(header.uid()), MAX_HEADER_BYTES, false).stream()
                  .findFirst()
                  .orElse(null);
      if (full != null) {
        complete.add(full);
        bytes += full.header().length;
      }
    }
    return new FetchedHeaders(complete, uids.size());
  }

  private String emailIdItem() {
    if (link.connection().has("OBJECTID")) {
      return " EMAILID";
    }
    return link.connection().has("X-GM-EXT-1") ? " X-GM-MSGID" : "";
  }

  private List<FetchedHeader> sendHeaderFetch(List<Long> uids, int limit, boolean whole)
      throws MessagingException {
    Map<Long, FetchedHeader> headers = new TreeMap<>();
    String command =
        "UID FETCH "
            + set(uids)
            + " (UID RFC822.SIZE INTERNALDATE"
            + emailIdItem()
            + (whole ? " BODY.PEEK[]<0." : " BODY.PEEK[HEADER]<0.")
            + limit
            + ">)";
    Set<Long> requested = Set.copyOf(uids);
    link.send(
        command,
        OVERHEAD_PER_RESPONSE + uids.size() * (long) (limit + OVERHEAD_PER_MAIL),
        limit + OVERHEAD_PER_MAIL,
        response -> {
          FetchedItems items = FetchedItems.of(response);
          byte[] start = items == null ? null : items.body();
          if (items == null || start == null || !requested.contains(items.uid())) {
            return;
          }
          // The first response for a UID counts.
          if (whole && start.length > 0) {
            boolean all = PartialFetch.isLast(start, limit, start.length, items.size());
            headers.putIfAbsent(
                items.uid(), header(items, RawMail.headerOf(start), all ? start : null));
          } else if (!whole && (start.length > 0 || items.size() == 0)) {
            headers.putIfAbsent(items.uid(), header(items, start, null));
          }
        });
    return List.copyOf(headers.values());
  }

  private static FetchedHeader header(FetchedItems items, byte[] header, byte @Nullable [] whole) {
    return new FetchedHeader(
        items.uid(), items.size(), items.internalDate(), items.emailId(), header, whole);
  }

  /** A malformed response must not be taken for an expunged mail. */
  private void requireGone(List<Long> missing) throws MessagingException {
    if (!missing.isEmpty() && search.present(set(missing)).stream().anyMatch(missing::contains)) {
      throw new Refused("the server's FETCH response is malformed", null);
    }
  }

  @Override
  public RawMail fetch(FetchedHeader header) throws MessagingException {
    RawMail mail = new RawMail();
    boolean complete = false;
    try {
      long startedAt = System.nanoTime();
      for (boolean whole = false; !whole; ) {
        if (System.nanoTime() - startedAt > MAX_FETCH_TIME.toNanos()) {
          throw new Refused("the server takes too long to return the mail", null);
        }
        byte[] chunk = chunk(header.uid(), mail.size());
        mail.append(chunk, chunk.length);
        whole = PartialFetch.isLast(chunk, CHUNK_BYTES, mail.size(), header.size());
        if (mail.size() > 2 * header.size() + CHUNK_BYTES) {
          throw new Refused("the server returns far more than RFC822.SIZE", null);
        }
      }
      if (mail.size() == 0 && header.size() > 0) {
        throw new Refused("the server returns an empty mail", null);
      }
      complete = true;
      return mail;
    } finally {
      if (!complete) {
        mail.close();
      }
    }
  }

  private byte[] chunk(long uid, long from) throws MessagingException {
    String command = "UID FETCH " + uid + " (UID BODY.PEEK[]<" + from + "." + CHUNK_BYTES + ">)";
    byte[][] complete = new byte[1][];
    link.send(
        command,
        2 * CHUNK_BYTES,
        2 * CHUNK_BYTES,
        response -> {
          FetchedItems items = FetchedItems.of(response);
          if (complete[0] == null && items != null && items.uid() == uid) {
            // Some servers return NIL past the end.
            complete[0] = from > 0 && items.isNil() ? EMPTY : items.body();
          }
        });
    if (complete[0] != null) {
      return complete[0];
    }
    requireGone(List.of(uid));
    throw new MailExpunged(uid);
  }

  @Override
  public Map<Long, RawMail> fetchAll(List<FetchedHeader> headers) throws MessagingException {
    Map<Long, RawMail> mails = new HashMap<>();
    Map<Long, Long> sizes =
        headers.stream()
            .collect(Collectors.toMap(FetchedHeader::uid, FetchedHeader::size, Math::max));
    long size = headers.stream().mapToLong(header -> 2 * header.size() + OVERHEAD_PER_MAIL).sum();
    boolean complete = false;
    try {
      link.send(
          "UID FETCH " + set(List.copyOf(sizes.keySet())) + " (UID BODY.PEEK[])",
          OVERHEAD_PER_RESPONSE + size,
          size,
          response -> {
            FetchedItems items = FetchedItems.of(response);
            byte[] body = items == null ? null : items.body();
            if (items != null
                && body != null
                && body.length > 0
                && sizes.containsKey(items.uid())) {
              mails.computeIfAbsent(items.uid(), uid -> RawMail.of(body));
            }
          });
      complete = true;
      return mails;
    } finally {
      if (!complete) {
        mails.values().forEach(RawMail::close);
      }
    }
  }

  @Override
  public void markSeen(List<Long> uids) throws MessagingException {
    actions.markSeen(set(uids));
  }

  @Override
  public void makeWritable() throws MessagingException {
    link.makeWritable();
  }

  @Override
  public boolean isPresent(long uid) throws MessagingException {
    return search.present(String.valueOf(uid)).contains(uid);
  }

  @Override
  public void flag(long uid, String flag, boolean isSet) throws MessagingException {
    actions.flag(String.valueOf(uid), flag, isSet);
  }

  @Override
  public void delete(List<Long> uids) throws MessagingException {
    actions.delete(set(uids));
  }

  @Override
  public boolean movesAtOnce() {
    return actions.movesAtOnce();
  }

  @Override
  public void move(List<Long> uids, String folder) throws MessagingException {
    actions.move(set(uids), folder);
  }

  @Override
  public void startIdle(Runnable onNews) throws MessagingException {
    idle.start(onNews);
  }

  @Override
  public void continueIdle(Runnable onNews) throws MessagingException {
    idle.resume(onNews);
  }

  @Override
  public boolean isIdling() {
    return idle.isIdling();
  }

  @Override
  public boolean hasPartialResponse() {
    return idle.hasPartialResponse();
  }

  @Override
  public void endIdle() throws MessagingException {
    idle.end();
  }

  @Override
  public void releaseBuffers() {
    link.connection().rest();
  }

  @Override
  public void close() {
    try {
      idle.stopWatching();
    } catch (IllegalStateException e) {
      log.warn("A closed connection may still be registered with the selector", e);
    } finally {
      link.close();
    }
  }

  @Override
  public void abort() {
    link.abort();
  }

  private static String set(List<Long> uids) {
    return UIDSet.toString(
        UIDSet.createUIDSets(uids.stream().mapToLong(Long::longValue).toArray()));
  }
}
