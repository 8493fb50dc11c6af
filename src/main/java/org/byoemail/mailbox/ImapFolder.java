package org.byoemail.mailbox;

import jakarta.mail.MessagingException;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.imap.protocol.BODY;
import org.eclipse.angus.mail.imap.protocol.FetchResponse;
import org.eclipse.angus.mail.imap.protocol.IMAPResponse;
import org.eclipse.angus.mail.imap.protocol.INTERNALDATE;
import org.eclipse.angus.mail.imap.protocol.RFC822SIZE;
import org.eclipse.angus.mail.imap.protocol.UID;
import org.eclipse.angus.mail.imap.protocol.UIDSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder over Angus Mail, in commands of our own by UID: one for the UIDs, one for the heads of a
 * batch, one for each MB of a mail, one to mark a batch read.
 */
final class ImapFolder implements WatchedFolder {
  private static final Logger log = LoggerFactory.getLogger(ImapFolder.class);
  private static final int PIECE = 1 << 20;

  private final ImapLink link;
  private final ImapIdle idle;

  ImapFolder(ImapLink link, ImapIdle idle) {
    this.link = link;
    this.idle = idle;
  }

  @Override
  public long uidValidity() {
    return link.uidValidity();
  }

  @Override
  public long uidNext() {
    return link.uidNext();
  }

  @Override
  public boolean isWritable() {
    return link.isWritable();
  }

  @Override
  public boolean canIdle() {
    return idle.isPossible();
  }

  @Override
  public boolean hasNews() {
    return link.news().told;
  }

  @Override
  public void refresh() throws MessagingException {
    link.send("NOOP");
  }

  @Override
  public List<Long> uidsAfter(long uid) throws MessagingException {
    link.news().told = false;
    // The last mail is in n:* even where its UID is below n (RFC 3501 section 6.4.8).
    return search((uid + 1) + ":*").stream().filter(found -> found > uid).sorted().toList();
  }

  private List<Long> search(String set) throws MessagingException {
    List<Long> uids = new ArrayList<>();
    for (Response response : link.send("UID SEARCH UID " + set)) {
      if (response instanceof IMAPResponse found && found.keyEquals("SEARCH")) {
        for (long next = found.readLong(); next != -1; next = found.readLong()) {
          uids.add(next);
        }
      }
    }
    return uids;
  }

  @Override
  public List<MailHead> heads(List<Long> uids) throws MessagingException {
    List<MailHead> heads = new ArrayList<>();
    for (Response response :
        link.send("UID FETCH " + set(uids) + " (UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER])")) {
      if (response instanceof FetchResponse fetched) {
        MailHead head = head(fetched);
        if (head != null && uids.contains(head.uid())) {
          heads.add(head);
        }
      }
    }
    heads.sort(Comparator.comparingLong(MailHead::uid));
    List<Long> missing = new ArrayList<>(uids);
    missing.removeAll(heads.stream().map(MailHead::uid).toList());
    requireGone(missing);
    return heads;
  }

  /** Angus leaves out what it cannot read, which must not be taken for mail that is gone. */
  private void requireGone(List<Long> missing) throws MessagingException {
    if (!missing.isEmpty() && search(set(missing)).stream().anyMatch(missing::contains)) {
      throw new Refused("the server's answer to FETCH cannot be read", null);
    }
  }

  private static @Nullable MailHead head(FetchResponse fetched) {
    UID uid = fetched.getItem(UID.class);
    BODY header = fetched.getItem(BODY.class);
    if (uid == null || header == null) {
      return null;
    }
    RFC822SIZE size = fetched.getItem(RFC822SIZE.class);
    INTERNALDATE date = fetched.getItem(INTERNALDATE.class);
    return new MailHead(
        uid.uid,
        size == null ? 0 : size.size,
        date == null ? null : date.getDate().toInstant(),
        bytes(header));
  }

  @Override
  public RawMail content(MailHead head) throws MessagingException {
    RawMail mail = new RawMail();
    boolean given = false;
    try {
      for (boolean whole = false; !whole; ) {
        byte[] piece = piece(head.uid(), mail.size());
        mail.append(piece, piece.length);
        // A longer piece comes from a server that cannot divide a mail, and gave all of it.
        whole = piece.length != PIECE;
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

  @Override
  public Map<Long, RawMail> contents(List<MailHead> heads) throws MessagingException {
    Map<Long, RawMail> mails = new HashMap<>();
    List<Long> uids = heads.stream().map(MailHead::uid).toList();
    for (Response response : link.send("UID FETCH " + set(uids) + " (UID BODY.PEEK[])")) {
      if (response instanceof FetchResponse fetched) {
        UID uid = fetched.getItem(UID.class);
        BODY body = fetched.getItem(BODY.class);
        if (uid != null && body != null && uids.contains(uid.uid)) {
          mails.put(uid.uid, RawMail.of(bytes(body)));
        }
      }
    }
    return mails;
  }

  private byte[] piece(long uid, long from) throws MessagingException {
    for (Response response :
        link.send("UID FETCH " + uid + " (UID BODY.PEEK[]<" + from + "." + PIECE + ">)")) {
      if (response instanceof FetchResponse fetched && fetched.getItem(BODY.class) != null) {
        return bytes(fetched.getItem(BODY.class));
      }
    }
    requireGone(List.of(uid));
    throw new MailGone(uid);
  }

  private static byte[] bytes(BODY body) {
    ByteArrayInputStream in = body.getByteArrayInputStream();
    return in == null ? new byte[0] : in.readAllBytes();
  }

  @Override
  public void markSeen(List<Long> uids) throws MessagingException {
    link.send("UID STORE " + set(uids) + " +FLAGS.SILENT (\\Seen)");
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
  public void endIdle() throws MessagingException {
    idle.end();
  }

  @Override
  public void close() {
    try {
      if (!link.news().gone) {
        idle.end();
      }
    } catch (MessagingException | RuntimeException e) {
      log.debug("An IDLE did not end", e);
    }
    link.close();
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
