package org.byoemail.mailbox;

import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.ReadOnlyFolderException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.eclipse.angus.mail.iap.BadCommandException;
import org.eclipse.angus.mail.iap.CommandFailedException;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.eclipse.angus.mail.imap.protocol.BODY;
import org.eclipse.angus.mail.imap.protocol.FetchResponse;
import org.eclipse.angus.mail.imap.protocol.IMAPProtocol;
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

  private final IMAPStore store;
  private final IMAPFolder folder;
  private final NetworkCalls calls;
  private final IdleSelector selector;
  private final MailboxSettings settings;
  private final News news = new News();
  private final boolean writable;
  private @Nullable SocketChannel channel;
  private boolean idle;
  private boolean idling;

  ImapFolder(
      IMAPStore store,
      String name,
      boolean writable,
      NetworkCalls calls,
      IdleSelector selector,
      MailboxSettings settings)
      throws MessagingException {
    this.store = store;
    this.calls = calls;
    this.selector = selector;
    this.settings = settings;
    this.folder = (IMAPFolder) store.getFolder(name);
    this.writable = writable && calls.make(this::select);
    if (!this.writable) {
      calls.make(
          () -> {
            folder.open(Folder.READ_ONLY);
            return true;
          });
    }
    int exists = folder.getMessageCount();
    command(
        p -> {
          news.exists = exists;
          p.addResponseHandler(news);
          channel = p.getChannel();
          idle = p.hasCapability("IDLE") && channel != null;
          return true;
        });
  }

  private boolean select() throws MessagingException {
    try {
      folder.open(Folder.READ_WRITE);
      return true;
    } catch (ReadOnlyFolderException e) {
      log.debug("A folder can only be read", e);
      return false;
    }
  }

  @Override
  public long uidValidity() {
    try {
      return Math.max(0, folder.getUIDValidity());
    } catch (MessagingException e) {
      throw new IllegalStateException("an open folder knows its UIDVALIDITY", e);
    }
  }

  @Override
  public long uidNext() {
    try {
      return Math.max(0, folder.getUIDNext());
    } catch (MessagingException e) {
      throw new IllegalStateException("an open folder knows its UIDNEXT", e);
    }
  }

  @Override
  public boolean isWritable() {
    return writable;
  }

  @Override
  public boolean canIdle() {
    return idle;
  }

  @Override
  public boolean hasNews() {
    return news.told;
  }

  @Override
  public void refresh() throws MessagingException {
    send("NOOP");
  }

  @Override
  public List<Long> uidsAfter(long uid) throws MessagingException {
    news.told = false;
    List<Long> uids = new ArrayList<>();
    for (Response response : send("UID SEARCH UID " + (uid + 1) + ":*")) {
      if (response instanceof IMAPResponse found && found.keyEquals("SEARCH")) {
        for (long next = found.readLong(); next != -1; next = found.readLong()) {
          // The last mail is in n:* even where its UID is below n (RFC 3501 section 6.4.8).
          if (next > uid) {
            uids.add(next);
          }
        }
      }
    }
    uids.sort(Comparator.naturalOrder());
    return uids;
  }

  @Override
  public List<MailHead> heads(List<Long> uids) throws MessagingException {
    List<MailHead> heads = new ArrayList<>();
    for (Response response :
        send("UID FETCH " + set(uids) + " (UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER])")) {
      if (response instanceof FetchResponse fetched) {
        MailHead head = head(fetched);
        if (head != null && uids.contains(head.uid())) {
          heads.add(head);
        }
      }
    }
    heads.sort(Comparator.comparingLong(MailHead::uid));
    return heads;
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

  private byte[] piece(long uid, long from) throws MessagingException {
    for (Response response :
        send("UID FETCH " + uid + " (BODY.PEEK[]<" + from + "." + PIECE + ">)")) {
      if (response instanceof FetchResponse fetched && fetched.getItem(BODY.class) != null) {
        return bytes(fetched.getItem(BODY.class));
      }
    }
    throw new MailGone(uid);
  }

  private static byte[] bytes(BODY body) {
    ByteArrayInputStream in = body.getByteArrayInputStream();
    return in == null ? new byte[0] : in.readAllBytes();
  }

  @Override
  public void markSeen(List<Long> uids) throws MessagingException {
    send("UID STORE " + set(uids) + " +FLAGS.SILENT (\\Seen)");
  }

  @Override
  public void startIdle(Runnable onNews) throws MessagingException {
    command(
        p -> {
          p.idleStart();
          return true;
        });
    idling = true;
    awaitNews(onNews);
  }

  @Override
  public void continueIdle(Runnable onNews) throws MessagingException {
    if (!idling) {
      return;
    }
    readIdle();
    if (idling && !news.told) {
      awaitNews(onNews);
    }
  }

  /** What the server has said already is not seen by a selector. */
  private void awaitNews(Runnable onNews) throws MessagingException {
    boolean said = news.told || command(IMAPProtocol::hasResponse);
    if (said || channel == null) {
      onNews.run();
    } else {
      selector.watch(channel, onNews);
    }
  }

  private void readIdle() throws MessagingException {
    stopWatching();
    idling =
        command(
            settings.doneTimeout(),
            p -> {
              boolean more = p.processIdleResponse(p.readIdleResponse());
              while (more && p.hasResponse()) {
                more = p.processIdleResponse(p.readIdleResponse());
              }
              return more;
            });
  }

  @Override
  public boolean isIdling() {
    return idling;
  }

  @Override
  public void endIdle() throws MessagingException {
    if (!idling) {
      return;
    }
    stopWatching();
    command(
        settings.doneTimeout(),
        p -> {
          p.idleAbort();
          while (p.processIdleResponse(p.readIdleResponse())) {
            // The server's last words before it says that IDLE is over.
          }
          return true;
        });
    idling = false;
  }

  private void stopWatching() {
    if (channel != null) {
      selector.unwatch(channel);
    }
  }

  @Override
  public void close() {
    try {
      if (!news.gone) {
        endIdle();
        command(
            settings.doneTimeout(),
            p -> {
              p.logout();
              return true;
            });
      }
    } catch (MessagingException | RuntimeException e) {
      log.debug("A server was left without goodbye", e);
    } finally {
      abort();
      try {
        store.close();
      } catch (MessagingException | RuntimeException e) {
        log.debug("A store did not close", e);
      }
    }
  }

  @Override
  public void abort() {
    SocketChannel open = channel;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        log.debug("A connection did not close", e);
      }
    }
  }

  private Response[] send(String command) throws MessagingException {
    return command(
        p -> {
          Response[] responses = p.command(command, null);
          p.notifyResponseHandlers(responses);
          p.handleResult(responses[responses.length - 1]);
          return responses;
        });
  }

  private static String set(List<Long> uids) {
    return UIDSet.toString(
        UIDSet.createUIDSets(uids.stream().mapToLong(Long::longValue).toArray()));
  }

  private interface Command<T> {
    T on(IMAPProtocol protocol) throws ProtocolException;
  }

  private <T> T command(Command<T> command) throws MessagingException {
    return command(settings.commandTimeout(), command);
  }

  private <T> T command(Duration limit, Command<T> command) throws MessagingException {
    if (news.gone) {
      throw new MessagingException("the server has closed the connection");
    }
    return calls.make(limit, this::abort, () -> run(command));
  }

  /** Angus makes up a BYE of the server where the connection ended without one. */
  private static String words(MessagingException e) {
    return String.valueOf(e.getMessage())
        .replaceFirst("^\\* BYE Jakarta Mail Exception: (?:[\\w.]+Exception: )?", "");
  }

  @SuppressWarnings("unchecked")
  private <T> T run(Command<T> command) throws MessagingException {
    try {
      return (T) folder.doCommand(command::on);
    } catch (MessagingException e) {
      Exception cause = e.getNextException();
      if (cause instanceof CommandFailedException || cause instanceof BadCommandException) {
        throw new Refused(e.getMessage(), e);
      }
      news.gone = true;
      throw new MessagingException("the connection was lost: " + words(e), e);
    }
  }
}
