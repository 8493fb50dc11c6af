package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.byoemail.inbound.mailbox.IncomingMail.RawSource;
import org.jspecify.annotations.Nullable;

/**
 * A folder on its server, over a connection of its own. Used by one thread at a time. Whatever it
 * throws means that the connection is of no more use, unless it says otherwise.
 */
interface RemoteFolder extends AutoCloseable {
  /** UIDVALIDITY. */
  long uidValidity();

  /** UIDNEXT as the folder was opened; 0 where the server did not tell. */
  long uidNext();

  /** HIGHESTMODSEQ as the folder was opened (RFC 7162); null where the server has none. */
  @Nullable Long modseq();

  /** How many mails are in it. */
  long exists();

  /** Whether flags can be set. */
  boolean isWritable();

  /** Whether the server has IDLE. */
  boolean canIdle();

  /** Asks the server for news (NOOP). */
  void refresh() throws MessagingException;

  /** Whether the server has told of new mail since {@link #uidsAfter} was last asked. */
  boolean hasNews();

  /** The UIDs above that one, in order. */
  List<Long> uidsAfter(long uid) throws MessagingException;

  /** The highest UID of the mails that are there; 0 where there are none. */
  long lastUid() throws MessagingException;

  /**
   * The lowest UID of the mails that arrived on that day (UTC) or later; 0 where there are none.
   */
  long firstUidSince(Instant moment) throws MessagingException;

  /**
   * Heads in the order of their UIDs; mails that are no longer there are left out.
   *
   * @param covered of how many of the UIDs that were asked for this is the whole truth
   */
  record Heads(List<FetchedHeader> mails, int covered) {}

  /**
   * The heads of those mails, or of the first of them where the headers are large.
   *
   * @param whole whether all of a small mail is to come with its head
   * @throws Refused where the server refuses it for these; the connection is sound
   */
  Heads heads(List<Long> uids, boolean whole) throws MessagingException;

  /**
   * A whole mail.
   *
   * @throws Refused where the server refuses it; the connection is sound
   * @throws MailGone where it is no longer there
   */
  RawMail content(FetchedHeader header) throws MessagingException;

  /** The same, when it is asked for. */
  default RawSource source(FetchedHeader header) {
    return () -> {
      try {
        return content(header);
      } catch (MessagingException e) {
        throw new FetchFailed(header.uid(), String.valueOf(e.getMessage()), e);
      }
    };
  }

  /**
   * Whole mails by one command, by their UIDs; those are left out that the server does not give.
   * The caller closes them.
   *
   * @throws Refused where the server refuses it; the connection is sound
   */
  Map<Long, RawMail> contents(List<FetchedHeader> heads) throws MessagingException;

  /**
   * Marks mails as read, without being told their flags.
   *
   * @throws Refused where the server refuses it; the connection is sound
   */
  void markSeen(List<Long> uids) throws MessagingException;

  /**
   * Deletes mails, these only.
   *
   * @throws Refused where the server refuses it; the connection is sound
   */
  void delete(List<Long> uids) throws MessagingException;

  /**
   * Moves mails to another folder, which is made where there is none.
   *
   * @throws Refused where the server refuses it; the connection is sound
   */
  void move(List<Long> uids, String folder) throws MessagingException;

  /**
   * Begins to wait for the server (IDLE).
   *
   * @param onNews called once, by another thread, when the server said something; must not block
   */
  void startIdle(Runnable onNews) throws MessagingException;

  /** Takes in what the server said while waiting, and waits on unless it was of new mail. */
  void continueIdle(Runnable onNews) throws MessagingException;

  /** Whether an IDLE is under way. */
  boolean isIdling();

  /** Whether the server, under IDLE, has begun to say something and has not ended. */
  boolean hasPartialResponse();

  /** Ends the waiting (DONE); does nothing where there is none. */
  void endIdle() throws MessagingException;

  /** Gives back the memory that is needed for work only. */
  void rest();

  /** Leaves the server politely; nothing is expunged. Never throws. */
  @Override
  void close();

  /** Cuts the connection. May be called by any thread while another one waits in here. */
  void abort();

  /** The server said NO or BAD to one command. */
  class Refused extends MessagingException {
    Refused(String words, @Nullable Exception cause) {
      super(words, cause);
    }
  }
}
