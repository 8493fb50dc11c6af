package org.byoemail.mailbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a mail before its body is fetched.
 *
 * @param size RFC822.SIZE, in bytes
 * @param receivedAt INTERNALDATE; null where the server did not tell
 * @param header the raw header
 */
public record MailHead(long uid, long size, @Nullable Instant receivedAt, byte[] header) {

  /** Names numbers only: what a mail says is nobody's but its reader's. */
  @Override
  public String toString() {
    return "MailHead[uid=" + uid + ", size=" + size + "]";
  }
}
