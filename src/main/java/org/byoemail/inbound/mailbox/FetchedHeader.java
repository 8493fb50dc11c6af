package org.byoemail.inbound.mailbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a mail before its body is fetched.
 *
 * @param size RFC822.SIZE, in bytes
 * @param receivedAt INTERNALDATE; null where the server did not tell
 * @param emailId the server's own name for it, whatever its UID (RFC 8474, or Gmail's); null where
 *     it has none
 * @param header the raw header
 * @param whole all of the mail, where it came with its header; else null
 */
public record FetchedHeader(
    long uid,
    long size,
    @Nullable Instant receivedAt,
    @Nullable String emailId,
    byte[] header,
    byte @Nullable [] whole) {

  /** One whose body is to be fetched. */
  public FetchedHeader(
      long uid, long size, @Nullable Instant receivedAt, @Nullable String emailId, byte[] header) {
    this(uid, size, receivedAt, emailId, header, null);
  }

  /** One that its server has no name for. */
  public FetchedHeader(long uid, long size, @Nullable Instant receivedAt, byte[] header) {
    this(uid, size, receivedAt, null, header);
  }

  /** Names numbers only: what a mail says is nobody's but its reader's. */
  @Override
  public String toString() {
    return "MailHead[uid=" + uid + ", size=" + size + "]";
  }
}
