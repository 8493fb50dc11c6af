package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A folder without a server, for tests of what is done with it; it notes every command. */
final class FakeFolder implements RemoteFolder {
  final TreeMap<Long, FetchedHeader> mails = new TreeMap<>();
  final List<String> commands = new ArrayList<>();
  final Set<Long> unfetchable = new HashSet<>();
  final Set<Long> seen = new HashSet<>();
  long uidValidity = 7;
  boolean canIdle = true;
  long exists;
  long uidNext;
  boolean dead;
  boolean amidWords;
  boolean open;
  boolean breaksOverWholeMails;
  private Runnable onNews = () -> {};
  private boolean idling;
  private boolean news;
  private boolean unheard;

  /** A mail arrives; tells of it where somebody waits. */
  void arrive(long uid) {
    arrive(uid, null);
  }

  /** A mail arrives, and the server tells of it only when the waiting ends. */
  void arriveUnheard(long uid) {
    mails.put(uid, new FetchedHeader(uid, 10, null, new byte[0]));
    unheard = true;
  }

  void arrive(long uid, Instant receivedAt) {
    arrive(uid, 1000, receivedAt);
  }

  void arrive(long uid, int size) {
    arrive(uid, size, null);
  }

  private void arrive(long uid, int size, Instant receivedAt) {
    byte[] header =
        ("From: ann@else.test\r\nSubject: mail " + uid + "\r\nMessage-ID: <" + uid + "@x>\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    mails.put(uid, new FetchedHeader(uid, size, receivedAt, header));
    news = true;
    if (idling) {
      onNews.run();
    }
  }

  /** The server closes the connection, which wakes its waiters. */
  void die() {
    dead = true;
    if (idling) {
      onNews.run();
    }
  }

  FakeFolder opened() {
    commands.clear();
    open = true;
    dead = false;
    idling = false;
    return this;
  }

  @Override
  public boolean isJunk() {
    return false;
  }

  @Override
  public long uidValidity() {
    return uidValidity;
  }

  @Override
  public long uidNext() {
    return uidNext > 0 ? uidNext : lastUid() + 1;
  }

  @Override
  public Long modseq() {
    return null;
  }

  @Override
  public long exists() {
    return exists == 0 ? mails.size() : exists;
  }

  @Override
  public long lastUid() {
    return mails.isEmpty() ? 0 : mails.lastKey();
  }

  @Override
  public long firstUidSince(Instant moment) throws MessagingException {
    command("SINCE " + moment);
    return mails.values().stream()
        .filter(header -> header.receivedAt() != null && !header.receivedAt().isBefore(moment))
        .mapToLong(FetchedHeader::uid)
        .min()
        .orElse(0);
  }

  @Override
  public void delete(List<Long> uids) throws MessagingException {
    command("DELETE " + uids);
  }

  @Override
  public boolean movesAtOnce() {
    return true;
  }

  @Override
  public void move(List<Long> uids, String folder) throws MessagingException {
    command("MOVE " + uids + " " + folder);
  }

  @Override
  public void makeWritable() throws MessagingException {
    command("SELECT");
  }

  @Override
  public boolean isPresent(long uid) throws MessagingException {
    command("PRESENT " + uid);
    return mails.containsKey(uid);
  }

  @Override
  public void flag(long uid, String flag, boolean isSet) throws MessagingException {
    command((isSet ? "+" : "-") + flag + " " + uid);
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public boolean canIdle() {
    return canIdle;
  }

  @Override
  public void refresh() throws MessagingException {
    command("NOOP");
  }

  @Override
  public boolean hasNews() {
    return news;
  }

  @Override
  public List<Long> uidsAfter(long uid) throws MessagingException {
    command("SEARCH " + (uid + 1) + ":*");
    news = false;
    return List.copyOf(mails.tailMap(uid, false).keySet());
  }

  @Override
  public FetchedHeaders headers(List<Long> uids, boolean whole) throws MessagingException {
    command("HEADS " + uids.size());
    if (whole && breaksOverWholeMails) {
      dead = true;
      throw new MessagingException("the answer is too long");
    }
    if (uids.stream().anyMatch(unfetchable::contains)) {
      throw new Refused("internal error", null);
    }
    return new FetchedHeaders(
        uids.stream().filter(mails::containsKey).map(mails::get).toList(), uids.size());
  }

  @Override
  public RawMail fetch(FetchedHeader header) throws MessagingException {
    command("CONTENT " + header.uid());
    return RawMail.of(header.header());
  }

  @Override
  public Map<Long, RawMail> fetchAll(List<FetchedHeader> headers) throws MessagingException {
    command("CONTENTS " + headers.stream().map(FetchedHeader::uid).toList());
    return headers.stream()
        .collect(Collectors.toMap(FetchedHeader::uid, header -> RawMail.of(header.header())));
  }

  @Override
  public void markSeen(List<Long> uids) throws MessagingException {
    command("SEEN " + uids);
    seen.addAll(uids);
  }

  @Override
  public void startIdle(Runnable told) throws MessagingException {
    command("IDLE");
    idling = true;
    onNews = told;
  }

  @Override
  public void continueIdle(Runnable told) throws MessagingException {
    command("LISTEN");
    onNews = told;
  }

  @Override
  public boolean isIdling() {
    return idling;
  }

  @Override
  public boolean hasPartialResponse() {
    return amidWords;
  }

  @Override
  public void releaseBuffers() {
    // There is no memory to give back.
  }

  @Override
  public void endIdle() throws MessagingException {
    if (idling) {
      idling = false;
      command("DONE");
      news |= unheard;
      unheard = false;
    }
  }

  @Override
  public void close() {
    open = false;
    commands.add("LOGOUT");
  }

  @Override
  public void abort() {
    open = false;
  }

  private void command(String command) throws MessagingException {
    if (dead) {
      throw new MessagingException("the connection was lost");
    }
    commands.add(command);
  }
}
