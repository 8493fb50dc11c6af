package org.byoemail.mailbox;

import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.ReadOnlyFolderException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.byoemail.mailbox.WatchedFolder.Refused;
import org.eclipse.angus.mail.iap.BadCommandException;
import org.eclipse.angus.mail.iap.CommandFailedException;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.eclipse.angus.mail.imap.protocol.IMAPProtocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open folder and the connection under it. Every command passes through here: none takes longer
 * than it may, and none is sent over a connection that has ended, for which Angus would make a new
 * one.
 */
final class ImapLink {
  private static final Logger log = LoggerFactory.getLogger(ImapLink.class);

  private final IMAPStore store;
  private final IMAPFolder folder;
  private final NetworkCalls calls;
  private final MailboxSettings settings;
  private final News news = new News();
  private final boolean writable;
  private @Nullable SocketChannel channel;
  private boolean hasIdle;

  /**
   * Opens a folder.
   *
   * @param writable false to open it so that nothing can be changed
   */
  ImapLink(
      IMAPStore store, String name, boolean writable, NetworkCalls calls, MailboxSettings settings)
      throws MessagingException {
    this.store = store;
    this.calls = calls;
    this.settings = settings;
    this.folder = (IMAPFolder) store.getFolder(name);
    this.writable = calls.make(() -> select(writable));
    int exists = folder.getMessageCount();
    command(
        p -> {
          news.exists = exists;
          p.addResponseHandler(news);
          channel = p.getChannel();
          hasIdle = p.hasCapability("IDLE");
          return true;
        });
    keepAlive();
  }

  /** So that a peer that vanished is noticed though nobody speaks. */
  private void keepAlive() {
    if (channel != null) {
      try {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      } catch (IOException e) {
        log.debug("No keep-alive", e);
      }
    }
  }

  private boolean select(boolean writing) throws MessagingException {
    if (writing) {
      try {
        folder.open(Folder.READ_WRITE);
        return true;
      } catch (ReadOnlyFolderException e) {
        log.debug("A folder can only be read", e);
      }
    }
    folder.open(Folder.READ_ONLY);
    return false;
  }

  long uidValidity() {
    try {
      return Math.max(0, folder.getUIDValidity());
    } catch (MessagingException e) {
      throw new IllegalStateException("an open folder knows its UIDVALIDITY", e);
    }
  }

  long uidNext() {
    try {
      return Math.max(0, folder.getUIDNext());
    } catch (MessagingException e) {
      throw new IllegalStateException("an open folder knows its UIDNEXT", e);
    }
  }

  boolean isWritable() {
    return writable;
  }

  boolean hasIdle() {
    return hasIdle;
  }

  /** The connection, for a selector; null where it cannot be watched. */
  @Nullable SocketChannel channel() {
    return channel;
  }

  News news() {
    return news;
  }

  /** What is done with the protocol. */
  interface Command<T> {
    T on(IMAPProtocol protocol) throws ProtocolException;
  }

  /**
   * Sends a command of one line.
   *
   * @throws Refused where the server says NO or BAD
   */
  Response[] send(String line) throws MessagingException {
    return command(
        p -> {
          Response[] responses = p.command(line, null);
          p.notifyResponseHandlers(responses);
          p.handleResult(responses[responses.length - 1]);
          return responses;
        });
  }

  <T> T command(Command<T> command) throws MessagingException {
    return command(settings.commandTimeout(), command);
  }

  <T> T command(Duration limit, Command<T> command) throws MessagingException {
    if (news.gone) {
      throw new MessagingException("the server has closed the connection");
    }
    return calls.make(limit, this::abort, () -> run(command));
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

  /** Angus makes up a BYE of the server where the connection ended without one. */
  private static String words(MessagingException e) {
    return String.valueOf(e.getMessage())
        .replaceFirst("^\\* BYE Jakarta Mail Exception: (?:[\\w.]+Exception: )?", "");
  }

  /** Leaves by LOGOUT, which expunges nothing. Never throws. */
  void close() {
    try {
      if (!news.gone) {
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

  /** Cuts the connection; may be called by any thread. */
  void abort() {
    SocketChannel open = channel;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        log.debug("A connection did not close", e);
      }
    }
  }
}
