package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.byoemail.inbound.mailbox.IncomingMail.RawSource;
import org.jspecify.annotations.Nullable;

/**
 * A folder on its server, over a connection of its own. Used by one thread at a time. After an
 * exception the connection is unusable, except after {@link Refused} and {@link MailExpunged}.
 */
interface RemoteFolder extends AutoCloseable {
  /** UIDVALIDITY. */
  long uidValidity();

  /** UIDNEXT as of the selection; 0 if the server sent none. */
  long uidNext();

  /** HIGHESTMODSEQ as of the selection (RFC 7162); null if absent. */
  @Nullable Long modseq();

  /** How many mails are in the folder. */
  long exists();

  /** Whether flags can be set. */
  boolean isWritable();

  /** Whether the server files junk in it. */
  boolean isJunk();

  /** Whether the server supports IDLE. */
  boolean canIdle();

  /** Lets the server announce new mail (NOOP). */
  void refresh() throws MessagingException;

  /** Whether the server has announced new mail since {@link #uidsAfter} was last called. */
  boolean hasNews();

  /** The UIDs above that one, in order. */
  List<Long> uidsAfter(long uid) throws MessagingException;

  /** The highest UID; 0 if the folder is empty. */
  long lastUid() throws MessagingException;

  /** The lowest UID of the mails that arrived on that day (UTC) or later; 0 if absent. */
  long firstUidSince(Instant moment) throws MessagingException;

  /**
   * Headers in the order of their UIDs; mails that are no longer there are left out.
   *
   * @param covered how many of the requested UIDs this result covers
   */
  record FetchedHeaders(List<FetchedHeader> mails, int covered) {}

  /**
   * The headers of those mails, or of the first of them if the headers are large.
   *
   * @param whole whether small mails are fetched in full with their headers
   * @throws Refused if the server refuses; the connection stays usable
   */
  FetchedHeaders headers(List<Long> uids, boolean whole) throws MessagingException;

  /**
   * A whole mail.
   *
   * @throws Refused if the server refuses; the connection stays usable
   * @throws MailExpunged if the mail is no longer there
   */
  RawMail fetch(FetchedHeader header) throws MessagingException;

  /** Fetches the mail lazily. */
  default RawSource source(FetchedHeader header) {
    return () -> {
      try {
        return fetch(header);
      } catch (MessagingException e) {
        throw new FetchFailed(header.uid(), String.valueOf(e.getMessage()), e);
      }
    };
  }

  /**
   * Whole mails by one command, keyed by UID; mails that the server does not return are left out.
   * The caller closes them.
   *
   * @throws Refused if the server refuses; the connection stays usable
   */
  Map<Long, RawMail> fetchAll(List<FetchedHeader> headers) throws MessagingException;

  /**
   * Sets \Seen, by STORE .SILENT.
   *
   * @throws Refused if the server refuses; the connection stays usable
   */
  void markSeen(List<Long> uids) throws MessagingException;

  /**
   * Opens the folder once more, so that flags can be set; {@link #isWritable} says whether the
   * server permits it.
   *
   * @throws Refused if the server refuses; the folder stays open, read-only
   */
  void makeWritable() throws MessagingException;

  /** Whether the mail is in the folder. */
  boolean isPresent(long uid) throws MessagingException;

  /**
   * Sets or removes a flag, by STORE .SILENT.
   *
   * @throws Refused if the server refuses; the connection stays usable
   */
  void flag(long uid, String flag, boolean isSet) throws MessagingException;

  /**
   * Deletes these mails and no others.
   *
   * @throws Refused if the server refuses; the connection stays usable
   */
  void delete(List<Long> uids) throws MessagingException;

  /** Whether the server moves mails by one command (MOVE): else they are copied, then deleted. */
  boolean movesAtOnce();

  /**
   * Moves mails to another folder, which is created if absent.
   *
   * @throws Refused if the server refuses; the connection stays usable
   */
  void move(List<Long> uids, String folder) throws MessagingException;

  /**
   * Starts IDLE.
   *
   * @param onNews called once, by another thread, when the server sent something; must not block
   */
  void startIdle(Runnable onNews) throws MessagingException;

  /** Reads what the server sent under IDLE, and keeps idling unless it announced new mail. */
  void continueIdle(Runnable onNews) throws MessagingException;

  /** Whether an IDLE is under way. */
  boolean isIdling();

  /** Whether an incomplete response has arrived under IDLE. */
  boolean hasPartialResponse();

  /** Ends IDLE (DONE). A no-op without IDLE. */
  void endIdle() throws MessagingException;

  /** Releases the buffers that only commands need. */
  void releaseBuffers();

  /** Closes by LOGOUT; nothing is expunged. Never throws. */
  @Override
  void close();

  /** Closes the socket. May be called by any thread while another one waits in a call. */
  void abort();

  /** The server answered NO or BAD to one command. */
  class Refused extends MessagingException {
    Refused(String words, @Nullable Exception cause) {
      super(words, cause);
    }
  }
}
