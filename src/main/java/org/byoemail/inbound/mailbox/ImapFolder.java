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
 * A folder over IMAP, in commands by UID: one for the UIDs, one for the heads of a batch, one for
 * the small mails of it or for each MB of a large one, one to mark a batch read.
 */
final class ImapFolder implements RemoteFolder {
  private static final Logger log = LoggerFactory.getLogger(ImapFolder.class);
  private static final int PIECE = 1 << 20;

  /** Few headers are longer; those are asked for again. */
  private static final int HEADER = 16 << 10;

  private static final int LONGEST_HEADER = 256 << 10;
  private static final int HEADERS_TOGETHER = 2 << 20;
  private static final int AROUND_A_MAIL = 4 << 10;
  private static final int AROUND_AN_ANSWER = 64 << 10;
  private static final Duration LONGEST_FETCH = Duration.ofMinutes(10);
  private static final byte[] NOTHING = {};

  private final FolderConnection link;
  private final ImapIdle idle;
  private final ImapActions actions;
  private final ImapSearch search;

  ImapFolder(FolderConnection link, ImapIdle idle) {
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
  public boolean canIdle() {
    return idle.isPossible();
  }

  @Override
  public boolean hasNews() {
    return link.unsolicited().told;
  }

  @Override
  public void refresh() throws MessagingException {
    // Not in one go with the search that follows: Dovecot searches first then, and misses the news.
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
  public Heads heads(List<Long> uids, boolean whole) throws MessagingException {
    List<FetchedHeader> heads = fetchHeads(uids, HEADER, whole);
    if (heads.size() < uids.size()) {
      List<Long> missing = new ArrayList<>(uids);
      missing.removeAll(heads.stream().map(FetchedHeader::uid).toList());
      requireGone(missing);
    }
    List<FetchedHeader> complete = new ArrayList<>();
    long bytes = 0;
    for (FetchedHeader head : heads) {
      if (bytes > HEADERS_TOGETHER) {
        return new Heads(complete, uids.indexOf(head.uid()));
      }
      FetchedHeader entire =
          head.header().length < HEADER
              ? head
              : fetchHeads(List.of(head.uid()), LONGEST_HEADER, false).stream()
                  .findFirst()
                  .orElse(null);
      if (entire != null) {
        complete.add(entire);
        bytes += entire.header().length;
      }
    }
    return new Heads(complete, uids.size());
  }

  private String emailIdItem() {
    if (link.connection().has("OBJECTID")) {
      return " EMAILID";
    }
    return link.connection().has("X-GM-EXT-1") ? " X-GM-MSGID" : "";
  }

  private List<FetchedHeader> fetchHeads(List<Long> uids, int most, boolean whole)
      throws MessagingException {
    Map<Long, FetchedHeader> heads = new TreeMap<>();
    String command =
        "UID FETCH "
            + set(uids)
            + " (UID RFC822.SIZE INTERNALDATE"
            + emailIdItem()
            + (whole ? " BODY.PEEK[]<0." : " BODY.PEEK[HEADER]<0.")
            + most
            + ">)";
    Set<Long> asked = Set.copyOf(uids);
    link.send(
        command,
        AROUND_AN_ANSWER + uids.size() * (long) (most + AROUND_A_MAIL),
        most + AROUND_A_MAIL,
        response -> {
          FetchedItems items = FetchedItems.of(response);
          byte[] start = items == null ? null : items.body();
          if (items == null || start == null || !asked.contains(items.uid())) {
            return;
          }
          // The first that gives it counts: a server that repeats itself is not listened to.
          if (whole && start.length > 0) {
            boolean all = PartialFetch.isLast(start, most, start.length, items.size());
            heads.putIfAbsent(
                items.uid(), head(items, RawMail.headerOf(start), all ? start : null));
          } else if (!whole && (start.length > 0 || items.size() == 0)) {
            heads.putIfAbsent(items.uid(), head(items, start, null));
          }
        });
    return List.copyOf(heads.values());
  }

  private static FetchedHeader head(FetchedItems items, byte[] header, byte @Nullable [] whole) {
    return new FetchedHeader(
        items.uid(), items.size(), items.internalDate(), items.emailId(), header, whole);
  }

  /** What cannot be read must not be taken for mail that is gone. */
  private void requireGone(List<Long> missing) throws MessagingException {
    if (!missing.isEmpty() && search.present(set(missing)).stream().anyMatch(missing::contains)) {
      throw new Refused("the server's answer to FETCH cannot be read", null);
    }
  }

  @Override
  public RawMail content(FetchedHeader head) throws MessagingException {
    RawMail mail = new RawMail();
    boolean given = false;
    try {
      long began = System.nanoTime();
      for (boolean whole = false; !whole; ) {
        if (System.nanoTime() - began > LONGEST_FETCH.toNanos()) {
          throw new Refused("the server takes too long to give all of it", null);
        }
        byte[] piece = piece(head.uid(), mail.size());
        mail.append(piece, piece.length);
        whole = PartialFetch.isLast(piece, PIECE, mail.size(), head.size());
        if (mail.size() > 2 * head.size() + PIECE) {
          throw new Refused("the server gives far more than it announced", null);
        }
      }
      if (mail.size() == 0 && head.size() > 0) {
        throw new Refused("the server gives nothing of it", null);
      }
      given = true;
      return mail;
    } finally {
      if (!given) {
        mail.close();
      }
    }
  }

  private byte[] piece(long uid, long from) throws MessagingException {
    String command = "UID FETCH " + uid + " (UID BODY.PEEK[]<" + from + "." + PIECE + ">)";
    byte[][] given = new byte[1][];
    link.send(
        command,
        2 * PIECE,
        2 * PIECE,
        response -> {
          FetchedItems items = FetchedItems.of(response);
          if (given[0] == null && items != null && items.uid() == uid) {
            // Some say NIL behind the end.
            given[0] = from > 0 && items.isNil() ? NOTHING : items.body();
          }
        });
    if (given[0] != null) {
      return given[0];
    }
    requireGone(List.of(uid));
    throw new MailGone(uid);
  }

  @Override
  public Map<Long, RawMail> contents(List<FetchedHeader> heads) throws MessagingException {
    Map<Long, RawMail> mails = new HashMap<>();
    Map<Long, Long> sizes =
        heads.stream()
            .collect(Collectors.toMap(FetchedHeader::uid, FetchedHeader::size, Math::max));
    long size = heads.stream().mapToLong(head -> 2 * head.size() + AROUND_A_MAIL).sum();
    boolean complete = false;
    try {
      link.send(
          "UID FETCH " + set(List.copyOf(sizes.keySet())) + " (UID BODY.PEEK[])",
          AROUND_AN_ANSWER + size,
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
  public void delete(List<Long> uids) throws MessagingException {
    actions.delete(set(uids));
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
    idle.goOn(onNews);
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
  public void rest() {
    link.connection().rest();
  }

  @Override
  public void close() {
    try {
      idle.stopWatching();
    } catch (IllegalStateException e) {
      log.warn("A connection is left that the selector may still watch", e);
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
