package org.byoemail.inbound.mailbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A mail as first fetched, before it is processed: header, size and date, for small mails all of
 * it.
 *
 * @param size RFC822.SIZE, in bytes
 * @param receivedAt INTERNALDATE; null if absent
 * @param emailId EMAILID (RFC 8474) or X-GM-MSGID, which survives a change of UID; null if absent
 * @param header the raw header
 * @param whole the whole mail, if it was fetched with its header; else null
 */
public record FetchedHeader(
    long uid,
    long size,
    @Nullable Instant receivedAt,
    @Nullable String emailId,
    byte[] header,
    byte @Nullable [] whole) {

  /** A mail whose body is not fetched yet. */
  public FetchedHeader(
      long uid, long size, @Nullable Instant receivedAt, @Nullable String emailId, byte[] header) {
    this(uid, size, receivedAt, emailId, header, null);
  }

  /** A mail without EMAILID. */
  public FetchedHeader(long uid, long size, @Nullable Instant receivedAt, byte[] header) {
    this(uid, size, receivedAt, null, header);
  }

  /** Numbers only: the content of a mail must not be logged. */
  @Override
  public String toString() {
    return "MailHead[uid=" + uid + ", size=" + size + "]";
  }
}
